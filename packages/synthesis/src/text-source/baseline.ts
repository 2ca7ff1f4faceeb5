import type { LanguageModel } from '@mixture-of-personas/llm';
import { SettingError } from '@mixture-of-personas/numeric';
import type { SyntheticRow } from '../record.js';
import { shownIds, writeRows, type RowPlan, type TextOptions } from '../simulate/write-rows.js';
import type { PromptTemplate } from '../prompts/template.js';

/** The request for one text. */
export interface BaselinePlan extends Omit<RowPlan, 'about'> {
  /** Class that the text is asked to have. */
  readonly label?: string | undefined;
  readonly context?: string | undefined;
  /** Ids of the texts shown in the prompt, in their order. */
  readonly shown?: readonly string[] | undefined;
  /** Other draws for the prompt, such as the attributes of AttrPrompt; stands in `personaId`. */
  readonly drawn?: string | undefined;
}

/** A way of simulating a population without a mixture. */
export interface Baseline {
  /**
   * Plans a block of rows, one plan a row. Depends on the row numbers and on the rows written before the block, `earlier`, alone, so that a
   * resumed simulation plans the same.
   */
  plan(
    rows: readonly number[],
    earlier: readonly SyntheticRow[],
  ): readonly BaselinePlan[] | Promise<readonly BaselinePlan[]>;
}

/** Input of `simulateBaseline`: the same model, template and cleaning as the mixture. */
export interface BaselineInput {
  readonly baseline: Baseline;
  readonly model: LanguageModel;
  readonly template: PromptTemplate;
}

/** Settings of a baseline's simulation. */
export interface BaselineOptions extends TextOptions {
  /** τ of every text, > 0. @defaultValue 1, as the paper has it for baselines */
  readonly temperature?: number | undefined;
  /** Rows 0 … from − 1 as an earlier call yielded them; may be left out for a baseline that does not look at them. */
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
  const { from = 0, temperature = 1, earlier } = options;
  if (!(temperature > 0 && temperature < Infinity))
    throw new SettingError('simulateBaseline', 'temperature', 'a positive number', temperature);
  if (earlier !== undefined && earlier.length !== from)
    throw new SettingError('simulateBaseline', 'earlier', `the ${from} rows before row ${from}`, earlier.length);
  const written = [...(earlier ?? [])];
  const rows = writeRows({ where: 'simulateBaseline', model, template }, options, async (block) => {
    const plans = await baseline.plan(block, written);
    return plans.map((plan) => ({ ...plan, about: provenance(plan, temperature) }));
  });
  for await (const row of rows) {
    written.push(row);
    yield row;
  }
}

function provenance(plan: BaselinePlan, temperature: number): RowPlan['about'] {
  const { label, context, shown = [], drawn = '' } = plan;
  return {
    label: label ?? null,
    context: context ?? null,
    personaId: drawn,
    ...shownIds(shown),
    personaProbability: 1,
    exemplarProbability: 1,
    temperature,
    promptLabel: label === undefined ? 'never' : 'always',
  };
}
