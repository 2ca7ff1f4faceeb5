import type { LanguageModel } from '@mixture-of-personas/llm';
import { randomFor, SettingError, ShapeError } from '@mixture-of-personas/numeric';
import { cleanText, cutUnfinished } from './clean-text.js';
import { pairDrawer, type PairSource, type RowDraw } from './pair-source.js';
import { promptHash, renderPrompt, saysLabel } from './prompts.js';
import type { Persona, PopulationRecord, SyntheticRow } from './record.js';
import type { GenerateRole, PromptTemplate } from './template.js';
import { generateTexts, type TextSettings } from './generate-texts.js';

/** What texts are simulated from. */
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
export interface SimulateOptions {
  /** Texts to make, ≥ 0: rows `from` … `from + count − 1`. */
  readonly count: number;
  readonly seed: number;
  /** First row; a resumed simulation starts at a multiple of `block`. @defaultValue 0 */
  readonly from?: number | undefined;
  /** Rows given to the model at once: those with the same ⌊row / block⌋. @defaultValue 16 */
  readonly block?: number | undefined;
  /** Tokens of a text at most. @defaultValue the template's */
  readonly maxTokens?: number | undefined;
  /** Nucleus, in (0, 1]; below 1 the texts are no longer samples of the fitted mixture. @defaultValue 1 */
  readonly topP?: number | undefined;
  /** Draws more for a text that comes out empty. @defaultValue 3 */
  readonly retries?: number | undefined;
  /** Whether a text that met the token limit is cut after its last whole sentence. @defaultValue true */
  readonly cutUnfinished?: boolean | undefined;
  /** How the exemplar is introduced; the one the gate was fitted with. @defaultValue 'generate' */
  readonly role?: GenerateRole | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Simulates a population (DESIGN §3): for row i a training record is drawn, then k ~ Cat(π), j ~ Cat(Ω_k), then
 * y ~ p_{τ_k}(· | g_k, x_j, y_j, x_i). Yields rows in order, a block at a time. Row i depends on (seed, i) alone as far as the model's texts
 * depend on (seed, row) alone; for one whose texts change with the batch, the fixed blocks give the same bytes after a resume.
 * @throws SettingError, ShapeError or PromptError before the first text when something does not fit
 */
export async function* simulate(input: SimulationInput, options: SimulateOptions): AsyncGenerator<SyntheticRow> {
  const { records, personas, exemplars, pairs } = input;
  const { count, seed, from = 0, block = 16, signal } = options;
  for (const [name, value, least] of [
    ['count', count, 0],
    ['from', from, 0],
    ['block', block, 1],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least)
      throw new SettingError('simulate', name, `a whole number from ${least} on`, value);
  }
  if (records.length === 0) throw new ShapeError('simulate', 'at least one record', '0', 'Give the training records.');
  const counts = { records: records.length, personas: personas.length, exemplars: exemplars.length };
  if (pairs.kind !== 'zero-shot' && (personas.length === 0 || exemplars.length === 0)) {
    throw new ShapeError(
      'simulate',
      'personas and exemplars',
      `${personas.length} and ${exemplars.length}`,
      'Give at least one of each.',
    );
  }
  const draw = pairDrawer(pairs, counts, seed);
  const settings = textSettings(input.template, options);
  for (let start = from; start < from + count;) {
    signal?.throwIfAborted();
    const end = Math.min((Math.floor(start / block) + 1) * block, from + count);
    const rows = Array.from({ length: end - start }, (_, b) => start + b);
    const chosen = rows.map((row) => Math.floor(randomFor(seed, 'context', row)() * records.length));
    const plans = draw(rows, chosen).map((drawn, b) => planOf(input, options, drawn, chosen[b] as number));
    const prompts = plans.map(({ prompt, drawn }, b) => ({
      prompt,
      temperature: drawn.temperature,
      row: rows[b] as number,
    }));
    const texts = await generateTexts(input.model, prompts, settings);
    for (const [b, made] of texts.entries()) {
      yield { ...(plans[b] as Plan).about, id: rowId(rows[b] as number), model: input.model.id, ...made };
    }
    start = end;
  }
}

function textSettings(template: PromptTemplate, options: SimulateOptions): TextSettings {
  const { seed, maxTokens = template.output.maxTokens, topP = 1, retries = 3, signal } = options;
  if (!Number.isInteger(retries) || retries < 0)
    throw new SettingError('simulate', 'retries', 'a whole number from 0 on', retries);
  const whole = options.cutUnfinished ?? true;
  return {
    seed,
    maxTokens,
    topP,
    retries,
    signal,
    clean: ({ text, finish }) => {
      const clean = cleanText(text, template.output);
      return whole ? cutUnfinished(clean, finish) : clean;
    },
  };
}

type Plan = ReturnType<typeof planOf>;

/** The prompt of a row and what its provenance will say. */
function planOf(input: SimulationInput, options: SimulateOptions, drawn: RowDraw, record: number) {
  const { template, personas, exemplars, records } = input;
  const { context, label } = records[record] as PopulationRecord;
  const { pair } = drawn;
  const role = pair === undefined ? 'zeroShot' : (options.role ?? 'generate');
  const persona = pair === undefined ? undefined : personas[pair.persona];
  const exemplar = pair === undefined ? undefined : exemplars[pair.exemplar];
  const prompt = renderPrompt(template, role, { persona: persona?.persona, exemplar: exemplar?.text, context, label });
  const about = {
    label: (saysLabel(template, role) ? label : persona?.label) ?? null,
    context: context ?? null,
    personaId: persona?.id ?? '',
    exemplarId: exemplar?.id ?? '',
    personaProbability: drawn.personaProbability,
    exemplarProbability: drawn.exemplarProbability,
    temperature: drawn.temperature,
    promptHash: promptHash(prompt),
  };
  return { prompt, drawn, about };
}

/** Id of the text of row i: s000000, s000001, … */
function rowId(row: number): string {
  return `s${String(row).padStart(6, '0')}`;
}
