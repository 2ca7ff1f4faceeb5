import type { Encoder } from '@mixture-of-personas/encoder';
import type { LanguageModel, Prompt } from '@mixture-of-personas/llm';
import { rowOf, unitRows, type Matrix } from '@mixture-of-personas/numeric';
import { dot } from '@mixture-of-personas/numeric/internal';
import {
  cleanText,
  renderPrompt,
  type GenerateRole,
  type Persona,
  type PopulationRecord,
  type PromptTemplate,
  type SyntheticRow,
} from '@mixture-of-personas/synthesis';
import { mentions, swapTerms } from './group-terms.js';

/** Effect of a change of one attribute of a persona, and of nothing else, on the texts written after it. */
export interface Counterfactual {
  /** The two groups whose terms change places. */
  readonly between: readonly [string, string];
  /** Texts compared; 0 when no persona that was drawn has any of the terms. */
  readonly texts: number;
  /**
   * Mean cosine of a text to the one written after the swapped persona with the same draws, minus that to the one written after the same
   * persona with other draws. The latter is what chance alone changes; near 0 the swap changes as much as chance, above 0 less.
   */
  readonly cosine: Readonly<Record<'swapped' | 'redrawn' | 'difference' | 'standardError', number>>;
  /** Share of texts that have terms of each group, as written and after the swap. */
  readonly shares: readonly { readonly group: string; readonly asWritten: number; readonly swapped: number }[];
  /** The first few, to be read. */
  readonly examples: readonly Readonly<Record<'id' | 'persona' | 'swappedPersona' | 'text' | 'swapped', string>>[];
}

/** Inputs with which the texts are rewritten. */
export interface SwapInput {
  readonly model: LanguageModel;
  readonly encoder: Encoder;
  readonly template: PromptTemplate;
  /** Role in which the exemplar was introduced. */
  readonly role: GenerateRole;
  readonly personas: readonly Persona[];
  readonly exemplars: readonly PopulationRecord[];
  readonly rows: readonly SyntheticRow[];
}

interface SwappedGroup {
  readonly name: string;
  readonly terms: readonly string[];
}

/** Settings of a swap. */
export interface SwapOptions {
  /** Names and terms of the two groups; the n-th terms stand for each other. */
  readonly groups: readonly [SwappedGroup, SwappedGroup];
  /** Texts at most; each costs two generations. */
  readonly limit: number;
  readonly maxTokens: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

interface SwapPlan {
  readonly row: SyntheticRow;
  readonly at: number;
  readonly persona: string;
  readonly swappedPersona: string;
  readonly prompt: Prompt;
  readonly swappedPrompt: Prompt;
}

const EXAMPLES = 3;

/** Writes texts again after personas with the terms of two groups in each other's place, with the draws of the run. */
export async function counterfactual(input: SwapInput, options: SwapOptions): Promise<Counterfactual> {
  const [a, b] = options.groups;
  const plans = plansOf(input, options);
  const between = [a.name, b.name] as const;
  if (plans.length === 0) {
    const cosine = { swapped: 0, redrawn: 0, difference: 0, standardError: 0 };
    return { between, texts: 0, cosine, shares: [], examples: [] };
  }
  const again = await written(input, options, [
    ...plans.map((plan) => ({ ...plan, prompt: plan.swappedPrompt, seed: plan.row.seed })),
    ...plans.map((plan) => ({ ...plan, seed: plan.row.seed + 1 })),
  ]);
  const swapped = again.slice(0, plans.length);
  const asWritten = plans.map(({ row }) => row.text);
  const kept = plans.flatMap((_, i) => (again[i] === '' || again[plans.length + i] === '' ? [] : [i]));
  const embed = async (texts: readonly string[]): Promise<Matrix> =>
    unitRows(await input.encoder.embed(kept.map((i) => texts[i]!)));
  const base = await embed(asWritten);
  const toSwapped = cosines(base, await embed(swapped));
  const toRedrawn = cosines(base, await embed(again.slice(plans.length)));
  const share = (texts: readonly string[], terms: readonly string[]): number =>
    texts.filter(mentions(terms)).length / texts.length;
  return {
    between,
    texts: kept.length,
    cosine: compared(toSwapped, toRedrawn),
    shares: [a, b].map(({ name, terms }) => {
      return { group: name, asWritten: share(asWritten, terms), swapped: share(swapped, terms) };
    }),
    examples: plans.slice(0, EXAMPLES).map(({ row, persona, swappedPersona }, i) => {
      return { id: row.id, persona, swappedPersona, text: row.text, swapped: swapped[i]! };
    }),
  };
}

/** The rows whose persona has a term of either group, in order. */
function plansOf(
  { template, role, personas, exemplars, rows }: SwapInput,
  { groups: [a, b], limit }: SwapOptions,
): SwapPlan[] {
  const has = mentions([...a.terms, ...b.terms]);
  const byId = new Map(personas.map(({ id, persona }) => [id, persona]));
  const texts = new Map(exemplars.map(({ id, text }) => [id, text]));
  const plans: SwapPlan[] = [];
  for (const [at, row] of rows.entries()) {
    const persona = byId.get(row.personaId);
    if (persona === undefined || row.text === '' || !has(persona)) continue;
    const swappedPersona = swapTerms(persona, a.terms, b.terms);
    const values = {
      exemplar: row.exemplarIds?.flatMap((id) => texts.get(id) ?? []) ?? texts.get(row.exemplarId),
      context: row.context ?? undefined,
      label: row.label ?? undefined,
    };
    const said = { label: row.promptLabel ?? 'always' };
    const prompt = renderPrompt(template, role, { persona, ...values }, said);
    const swappedPrompt = renderPrompt(template, role, { persona: swappedPersona, ...values }, said);
    plans.push({ row, at, persona, swappedPersona, prompt, swappedPrompt });
    if (plans.length === limit) break;
  }
  return plans;
}

async function written(
  { model, template }: SwapInput,
  { maxTokens, signal, onProgress }: SwapOptions,
  plans: readonly { readonly prompt: Prompt; readonly row: SyntheticRow; readonly at: number; readonly seed: number }[],
): Promise<string[]> {
  const texts = plans.map(() => '');
  const requests = plans.map(({ prompt, row, at, seed }) => {
    return { prompt, temperature: row.temperature, maxTokens, seed, row: at };
  });
  let done = 0;
  for await (const made of model.generate(requests, { signal })) {
    texts[made.index] = cleanText(made.text, template.output);
    onProgress?.(++done, plans.length);
  }
  return texts;
}

function cosines(a: Matrix, b: Matrix): Float64Array {
  return Float64Array.from({ length: a.rows }, (_, i) => dot(rowOf(a, i), rowOf(b, i)));
}

function compared(swapped: Float64Array, redrawn: Float64Array): Counterfactual['cosine'] {
  const n = swapped.length;
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, n);
  const gaps = swapped.map((value, i) => value - redrawn[i]!);
  const difference = mean(gaps);
  const variance = mean(gaps.map((gap) => (gap - difference) ** 2));
  const standardError = n < 2 ? 0 : Math.sqrt(variance / (n - 1));
  return { swapped: mean(swapped), redrawn: mean(redrawn), difference, standardError };
}
