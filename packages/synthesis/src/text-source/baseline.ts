import type { Generation, LanguageModel, Prompt } from '@mixture-of-personas/llm';
import { SettingError } from '@mixture-of-personas/numeric';
import { generateTexts } from '../simulate/generate-texts.js';
import { promptHash } from '../prompts/render.js';
import type { SyntheticRow } from '../record.js';
import { rowId, shownIds, textSettings, type SimulateOptions } from '../simulate/simulate.js';
import type { PromptTemplate } from '../prompts/template.js';

/** How one text is asked for. */
export interface BaselinePlan {
  readonly prompt: Prompt;
  /** Class that the text is asked to have. */
  readonly label?: string | undefined;
  readonly context?: string | undefined;
  /** Ids of the texts shown in the prompt, in their order. */
  readonly shown?: readonly string[] | undefined;
  /** What else was drawn for the prompt, such as the attributes of AttrPrompt; stands in `personaId`. */
  readonly drawn?: string | undefined;
  /** Tokens at most, where a prompt asks for more than one text. @defaultValue the simulation's */
  readonly maxTokens?: number | undefined;
  /** The text in what the model said; empty asks again. @defaultValue the cleaning that all methods share */
  readonly read?: ((made: Generation) => string) | undefined;
}

/** A way of simulating a population without a mixture. */
export interface Baseline {
  readonly name: string;
  /**
   * Plans a block of rows, one plan a row. Depends on the row numbers and on the rows written before the block, `earlier`, alone, so that a
   * resumed simulation plans the same.
   */
  plan(rows: readonly number[], earlier: readonly SyntheticRow[]): Promise<readonly BaselinePlan[]>;
}

/** What a baseline writes with; the same model, template and cleaning as the mixture. */
export interface BaselineInput {
  readonly baseline: Baseline;
  readonly model: LanguageModel;
  readonly template: PromptTemplate;
}

/** Settings of a baseline's simulation. */
export interface BaselineOptions extends Omit<SimulateOptions, 'role' | 'mix' | 'label' | 'perPrompt' | 'companions'> {
  /** τ of every text, > 0. @defaultValue 1, the paper's for baselines */
  readonly temperature?: number | undefined;
  /** Rows 0 … from − 1 as an earlier call yielded them. */
  readonly earlier?: readonly SyntheticRow[] | undefined;
}

/**
 * Simulates texts as a baseline does: rows in order, a block at a time, with provenance. Block sizes and `from` as in `simulate`.
 * @throws SettingError when a setting is out of range or `earlier` does not hold the rows before `from`
 */
export async function* simulateBaseline(
  { baseline, model, template }: BaselineInput,
  options: BaselineOptions,
): AsyncGenerator<SyntheticRow> {
  const { count, from = 0, block = 16, temperature = 1, earlier = [], signal } = options;
  requireSettings(options);
  const settings = textSettings(template, options);
  const written = [...earlier];
  for (let start = from; start < from + count;) {
    signal?.throwIfAborted();
    const end = Math.min((Math.floor(start / block) + 1) * block, from + count);
    const rows = Array.from({ length: end - start }, (_, b) => start + b);
    const plans = await baseline.plan(rows, written);
    const prompts = plans.map(({ prompt, read, maxTokens }, b) => {
      return { prompt, temperature, row: rows[b] as number, read, maxTokens };
    });
    const texts = await generateTexts(model, prompts, settings);
    for (const [b, made] of texts.entries()) {
      const about = provenance(plans[b] as BaselinePlan, temperature);
      const row: SyntheticRow = { id: rowId(rows[b] as number), model: model.id, ...about, ...made };
      written.push(row);
      yield row;
    }
    start = end;
  }
}

function provenance({ prompt, label, context, shown = [], drawn = '' }: BaselinePlan, temperature: number) {
  return {
    label: label ?? null,
    context: context ?? null,
    personaId: drawn,
    ...shownIds(shown),
    personaProbability: 1,
    exemplarProbability: 1,
    temperature,
    promptLabel: label === undefined ? 'never' : 'always',
    promptHash: promptHash(prompt),
  } as const;
}

function requireSettings({ count, from = 0, block = 16, temperature = 1, earlier = [] }: BaselineOptions): void {
  for (const [name, value, least] of [
    ['count', count, 0],
    ['from', from, 0],
    ['block', block, 1],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least)
      throw new SettingError('simulateBaseline', name, `a whole number from ${least} on`, value);
  }
  if (!(temperature > 0 && temperature < Infinity))
    throw new SettingError('simulateBaseline', 'temperature', 'a positive number', temperature);
  if (earlier.length !== from)
    throw new SettingError('simulateBaseline', 'earlier', `the ${from} rows before row ${from}`, earlier.length);
}
