import type { LanguageModel } from '@mixture-of-personas/llm';
import { randomFor, SettingError, ShapeError } from '@mixture-of-personas/numeric';
import { mixPersonas } from '../personas/mix-personas.js';
import { pairDrawer, type PairSource, type RowDraw } from './pair-source.js';
import { renderPrompt, saysLabel, type PromptLabel } from '../prompts/render.js';
import type { Persona, PopulationRecord, SyntheticRow } from '../record.js';
import type { GenerateRole, PromptTemplate } from '../prompts/template.js';
import { requireWhole, shownIds, writeRows, type RowPlan, type TextOptions } from './write-rows.js';

/** Input of `simulate`. */
export interface SimulationInput {
  readonly model: LanguageModel;
  readonly template: PromptTemplate;
  readonly personas: readonly Persona[];
  readonly exemplars: readonly PopulationRecord[];
  /** Training records: for each text one is drawn, whose context, label and embedding the prompt and the gate see. At least one. */
  readonly records: readonly PopulationRecord[];
  readonly pairs: PairSource;
}

/** Settings of a simulation. */
export interface SimulateOptions extends TextOptions {
  /** Way in which the prompt introduces the exemplar, as in the fit. @defaultValue 'generate' */
  readonly role?: GenerateRole | undefined;
  /** Whether prompts say the label of their training record, as in the fit. @defaultValue 'never' */
  readonly label?: PromptLabel | undefined;
  /** L, exemplars that a prompt shows, drawn without replacement. @defaultValue 1 */
  readonly perPrompt?: number | undefined;
  /**
   * Exemplars after the first, where L > 1. `gate`: each from Ω_k among those left. A seed: those that `pairRequest` scores with the first
   * one by that seed, so that the texts are samples of the mixture that was scored. @defaultValue 'gate'
   */
  readonly companions?: 'gate' | { readonly seed: number } | undefined;
  /**
   * Pairs drawn for each text (the paper's mixing of personas in one query): their personas are merged into one by the language model, their
   * exemplars all stand in the prompt, and τ is the mean of theirs. @defaultValue 1
   */
  readonly mix?: number | undefined;
}

/**
 * Simulates a population: for row i a training record is drawn, then k ~ Cat(π), j ~ Cat(Ω_k), then
 * y ~ p_{τ_k}(· | g_k, x_j, y_j, x_i). Yields rows in order, a block at a time. Row i depends on (seed, i) alone as far as the model's texts
 * depend on (seed, row) alone; for one whose texts change with the batch, the fixed blocks give the same bytes after a resume.
 * @throws SettingError, ShapeError or PromptError before the first text when something does not fit
 */
export async function* simulate(input: SimulationInput, options: SimulateOptions): AsyncGenerator<SyntheticRow> {
  const { records, personas, exemplars, pairs } = input;
  const { seed, mix = 1, perPrompt = 1, companions = 'gate' } = options;
  requireWhole('simulate', { mix: [mix, 1] });
  if (mix > 1 && pairs.kind === 'zero-shot')
    throw new SettingError('simulate', 'mix', '1 where no persona is drawn', mix);
  if (mix > 1 && perPrompt > 1) throw new SettingError('simulate', 'mix', '1 where perPrompt is above 1', mix);
  if (records.length === 0) throw new ShapeError('simulate', 'at least one record', '0', 'Give the training records.');
  const counts = { records: records.length, personas: personas.length, exemplars: exemplars.length };
  if (pairs.kind !== 'zero-shot' && (personas.length === 0 || exemplars.length === 0)) {
    const advice = 'Give at least one of each.';
    throw new ShapeError('simulate', 'personas and exemplars', `${personas.length} and ${exemplars.length}`, advice);
  }
  const drawers = Array.from({ length: mix }, (_, l) =>
    pairDrawer(pairs, counts, { seed: drawSeed(seed, l), perPrompt, companions }),
  );
  yield* writeRows({ where: 'simulate', ...input }, options, async (rows) => {
    const chosen = rows.map((row) => Math.floor(randomFor(seed, 'context', row)() * records.length));
    const draws = drawers.map((draw) => draw(rows, chosen));
    const plans: RowPlan[] = [];
    for (const [b, row] of rows.entries()) {
      const drawn = draws.map((of) => of[b]!);
      plans.push(await planOf(input, options, { row, drawn, record: chosen[b]! }));
    }
    return plans;
  });
}

/** The prompt of a row and its provenance. */
async function planOf(
  input: SimulationInput,
  options: SimulateOptions,
  { row, drawn, record }: { row: number; drawn: readonly RowDraw[]; record: number },
): Promise<RowPlan> {
  const { template, personas, exemplars, records } = input;
  const { context, label } = records[record] as PopulationRecord;
  const pairs = drawn.flatMap(({ pair }) => (pair === undefined ? [] : [pair]));
  const role = pairs.length === 0 ? 'zeroShot' : (options.role ?? 'generate');
  const spoken = pairs.map((pair) => personas[pair.persona]!);
  const shown = pairs.flatMap((pair) => pair.exemplars.map((j) => exemplars[j]!));
  const persona = await oneVoice(input, options, { row, personas: spoken, exemplars: shown });
  const values = { persona: persona?.persona, exemplar: shown.map(({ text }) => text), context, label };
  const prompt = renderPrompt(template, role, values, { label: options.label });
  const asked = options.label === 'always' && saysLabel(template, role);
  const about: RowPlan['about'] = {
    label: (asked ? label : persona?.label) ?? null,
    context: context ?? null,
    personaId: spoken.map(({ id }) => id).join('+'),
    ...shownIds(shown.map(({ id }) => id)),
    personaProbability: product(drawn.map(({ personaProbability }) => personaProbability)),
    exemplarProbability: product(drawn.map(({ exemplarProbability }) => exemplarProbability)),
    temperature: drawn.reduce((sum, { temperature }) => sum + temperature, 0) / drawn.length,
    promptLabel: asked && label !== undefined ? 'always' : 'never',
  };
  return { prompt, about };
}

/** The persona that speaks: the drawn one, or several merged; its label is the first one's. */
async function oneVoice(
  { model, template }: SimulationInput,
  { seed, signal }: SimulateOptions,
  drawn: { row: number; personas: readonly Persona[]; exemplars: readonly PopulationRecord[] },
): Promise<Persona | undefined> {
  const personas = [...new Set(drawn.personas)];
  if (personas.length < 2) return personas[0];
  const settings = { seed, row: drawn.row, signal };
  const merged = await mixPersonas({ personas, records: drawn.exemplars, model, template }, settings);
  const label = personas[0]?.label;
  return label === undefined ? merged : { ...merged, label };
}

/** The first pair of a row is drawn by the run's seed, each further one by a seed of its own. */
function drawSeed(seed: number, l: number): number {
  return l === 0 ? seed : Math.floor(randomFor(seed, 'mixed pairs', l)() * 2 ** 32);
}

function product(values: readonly number[]): number {
  return values.reduce((all, value) => all * value, 1);
}
