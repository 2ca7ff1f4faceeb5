import type { LanguageModel, Prompt } from '@mixture-of-personas/llm';
import { randomFor } from '@mixture-of-personas/numeric';
import { BaselineError } from '../errors.js';
import type { PopulationRecord } from '../record.js';
import { templateFor } from '../prompts/templates/index.js';
import { askPrompt } from '../text-source/ask.js';
import type { Baseline } from '../text-source/baseline.js';
import { askedOf, type ClassPlan } from '../text-source/class-plan.js';

/** Log-likelihoods of one text: under the target (a model fine-tuned on the population, or a prompt for it) and under the reference, in nats. */
export interface LikelihoodPair {
  readonly target: number;
  readonly reference: number;
}

/** Input of PICLe. */
export interface PicleInput extends ClassPlan {
  /** Texts to choose demonstrations from. */
  readonly pool: readonly PopulationRecord[];
  /** δ(x) = log p_target(x) − log p_reference(x) of each text of the pool, in nats, summed over tokens. */
  readonly ratios: ArrayLike<number>;
}

/** Settings of the choice. */
export interface PicleOptions {
  /** K, texts shown, ≥ 1. @defaultValue 3 */
  readonly demonstrations?: number | undefined;
  /**
   * 0: the K texts of largest δ, the same in every prompt (the paper). Above 0: drawn for each row without replacement with chances ∝ exp(δ/T),
   * T this many nats. @defaultValue 0
   */
  readonly sampling?: number | undefined;
  /** Whether a text is shown only to requests of its own class, where it has one (PICLe⁺). @defaultValue true */
  readonly matchLabels?: boolean | undefined;
}

/**
 * PICLe (arXiv 2405.02501) for texts: the demonstrations are those of a pool that speak most for the target, by likelihood ratio; the best
 * stands next to the request. What "target" is for a population is this project's choice (docs/decisions/0065).
 * @throws BaselineError when ratios and pool do not fit
 */
export function picle(input: PicleInput, options: PicleOptions = {}): Baseline {
  const { pool, ratios, template, seed } = input;
  const { matchLabels = true, demonstrations = 3, sampling = 0 } = options;
  if (ratios.length !== pool.length || pool.length === 0)
    throw new BaselineError(
      `PICLe needs one ratio a text of the pool: ${ratios.length} for ${pool.length} were given.`,
    );
  const all = pool.map((_, i) => i);
  return {
    plan: (rows) =>
      rows.map((row) => {
        const { label, context } = askedOf(input, row);
        const own = all.filter((i) => pool[i]?.label === label);
        const among = matchLabels && own.length > 0 ? own : all;
        const random = sampling > 0 ? randomFor(seed, 'picle', row) : undefined;
        const chosen = chooseDemonstrations(ratios, among, { demonstrations, sampling, random });
        const shown = chosen.map((i) => pool[i] as PopulationRecord);
        const prompt = askPrompt(template, { label, context, demonstrations: shown });
        return { label, context, prompt, shown: shown.map(({ id }) => id) };
      }),
  };
}

/**
 * Indices of the texts to show, the best last. Draws are by the largest δ/T + Gumbel noise, which is drawing without replacement with chances
 * ∝ exp(δ/T); ties go to the earlier text.
 * @param ratios δ of every text
 * @param among indices that may be chosen
 * @param options K, T, and the stream of the draws where T > 0
 */
export function chooseDemonstrations(
  ratios: ArrayLike<number>,
  among: readonly number[],
  options: { readonly demonstrations: number; readonly sampling: number; readonly random?: (() => number) | undefined },
): number[] {
  const { demonstrations, sampling, random } = options;
  const keyOf = (ratio: number): number =>
    random === undefined || sampling === 0 ? ratio : ratio / sampling - Math.log(-Math.log(1 - random()));
  const keys = among.map((i) => ({ i, key: keyOf(ratios[i]!) }));
  const best = keys.sort((a, b) => b.key - a.key || a.i - b.i).slice(0, demonstrations);
  return best.map(({ i }) => i).reverse();
}

/** δ of every text of a pool from scores by id. @throws BaselineError naming a text without finite scores */
export function likelihoodRatios(
  pool: readonly PopulationRecord[],
  scores: ReadonlyMap<string, LikelihoodPair>,
): Float64Array {
  return Float64Array.from(pool, ({ id }) => {
    const { target, reference } = scores.get(id) ?? { target: Number.NaN, reference: Number.NaN };
    if (Number.isFinite(target) && Number.isFinite(reference)) return target - reference;
    throw new BaselineError(
      `There are no two scores for the text ${id}. Score every text of the pool with both models.`,
    );
  });
}

/** A text alone, after a line break: the first token needs something to follow. */
const NOTHING: Prompt = { text: '\n' };

/**
 * δ from a model fine-tuned on the population and the same as it was before: of the text alone, no chat around it, summed over its tokens. One
 * forward pass per text and model.
 */
export async function modelRatios(
  { target, reference }: Readonly<Record<'target' | 'reference', LanguageModel>>,
  pool: readonly PopulationRecord[],
  signal?: AbortSignal,
): Promise<Float64Array> {
  const requests = pool.map(({ text }) => ({ prompt: NOTHING, completion: text, endOfTurn: false }));
  const [of, to] = [await target.score(requests, { signal }), await reference.score(requests, { signal })];
  return Float64Array.from(of, (curve, i) => curve.logProbability(1) - to[i]!.logProbability(1));
}

/**
 * The prompt contrast, PICLe-PC, where no fine-tuned model is there: δ̂ = log p(y | the template's request, with the text's class) −
 * log p(y | a request for any text), both by the frozen model. Not PICLe, and never reported as it.
 */
export async function promptContrast(
  { model, template }: { readonly model: LanguageModel; readonly template: ClassPlan['template'] },
  pool: readonly PopulationRecord[],
  signal?: AbortSignal,
): Promise<Float64Array> {
  const neutral = askPrompt('text' in askPrompt(template, {}) ? template : templateFor('generic'), {});
  const requests = pool.flatMap(({ text, label }) => [
    { prompt: askPrompt(template, { label }), completion: text },
    { prompt: neutral, completion: text },
  ]);
  const curves = await model.score(requests, { signal });
  return Float64Array.from(pool, (_, i) => curves[2 * i]!.logProbability(1) - curves[2 * i + 1]!.logProbability(1));
}
