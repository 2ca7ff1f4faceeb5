import type { Generation, LanguageModel, Prompt } from '@mixture-of-personas/llm';
import { randomFor, SettingError } from '@mixture-of-personas/numeric';
import { cleanText, cutUnfinished } from '../prompts/clean-text.js';
import { promptHash } from '../prompts/render.js';
import type { PromptTemplate } from '../prompts/template.js';
import type { SyntheticRow } from '../record.js';

/** Settings of texts that a mixture and every method compared with it share. */
export interface TextOptions {
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
  /** Further draws for a text that comes out empty, each with a seed derived from (seed, row, attempt). @defaultValue 3 */
  readonly retries?: number | undefined;
  /** Whether a text that met the token limit is cut after its last whole sentence. @defaultValue true */
  readonly cutUnfinished?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The request for a row's text, and its provenance. */
export interface RowPlan {
  readonly prompt: Prompt;
  readonly about: Omit<SyntheticRow, 'id' | 'text' | 'seed' | 'model' | 'promptHash' | 'flag'>;
  /** Tokens at most. @defaultValue the options' */
  readonly maxTokens?: number | undefined;
  /** Reads the text from a generation; empty asks again. @defaultValue the cleaning that all methods share */
  readonly read?: ((made: Generation) => string) | undefined;
}

/**
 * Writes rows in order, a block at a time. Blocks have fixed bounds, so that a resume asks the model for the same batches.
 * @param input model and template; `where` names the caller in errors
 * @param options settings of texts
 * @param planRows plans a block, one plan a row
 * @throws SettingError before the first text when a setting is out of range
 */
export async function* writeRows(
  input: { readonly where: string; readonly model: LanguageModel; readonly template: PromptTemplate },
  options: TextOptions,
  planRows: (rows: readonly number[]) => Promise<readonly RowPlan[]>,
): AsyncGenerator<SyntheticRow> {
  const { count, from = 0, block = 16, retries = 3, signal } = options;
  requireWhole(input.where, { count: [count, 0], from: [from, 0], block: [block, 1], retries: [retries, 0] });
  for (let start = from; start < from + count;) {
    signal?.throwIfAborted();
    const end = Math.min((Math.floor(start / block) + 1) * block, from + count);
    const rows = Array.from({ length: end - start }, (_, b) => start + b);
    const plans = await planRows(rows);
    const texts = await generateTexts(input, { ...options, retries }, { rows, plans });
    for (const [b, made] of texts.entries()) {
      const { about, prompt } = plans[b]!;
      yield { ...about, promptHash: promptHash(prompt), id: rowId(rows[b]!), model: input.model.id, ...made };
    }
    start = end;
  }
}

/** Checks whole numbers against their least value. @throws SettingError */
export function requireWhole(
  where: string,
  values: Readonly<Record<string, readonly [value: number, least: number]>>,
): void {
  for (const [name, [value, least]] of Object.entries(values)) {
    if (!Number.isSafeInteger(value) || value < least)
      throw new SettingError(where, name, `a whole number from ${least} on`, value);
  }
}

/** Id of the text of row i: s000000, s000001, … */
export function rowId(row: number): string {
  return `s${String(row).padStart(6, '0')}`;
}

/** Ids of the exemplars of a prompt as a row has them. */
export function shownIds(ids: readonly string[]): Pick<SyntheticRow, 'exemplarId' | 'exemplarIds'> {
  return { exemplarId: ids.join('+'), ...(ids.length < 2 ? {} : { exemplarIds: ids }) };
}

/** One text a plan, in order. Draws empty texts again, those of a block together, and flags one that stays empty. */
async function generateTexts(
  { model, template }: { readonly model: LanguageModel; readonly template: PromptTemplate },
  options: TextOptions & { readonly retries: number },
  { rows, plans }: { readonly rows: readonly number[]; readonly plans: readonly RowPlan[] },
): Promise<Pick<SyntheticRow, 'text' | 'seed' | 'flag'>[]> {
  const { seed, topP = 1, retries, cutUnfinished: cut = true, signal } = options;
  const clean = ({ text, finish }: Generation): string => {
    const cleaned = cleanText(text, template.output);
    return cut ? cutUnfinished(cleaned, finish) : cleaned;
  };
  const written: Pick<SyntheticRow, 'text' | 'seed' | 'flag'>[] = plans.map(() => ({ text: '', seed, flag: 'empty' }));
  let left = plans.map((_, i) => i);
  for (let attempt = 0; attempt <= retries && left.length > 0; attempt++) {
    const requests = left.map((i) => {
      const { prompt, about, maxTokens = options.maxTokens ?? template.output.maxTokens } = plans[i]!;
      const row = rows[i]!;
      return { prompt, temperature: about.temperature, row, seed: seedOf(seed, row, attempt), topP, maxTokens };
    });
    for await (const made of model.generate(requests, { signal })) {
      const i = left[made.index];
      const request = requests[made.index];
      if (i === undefined || request === undefined) continue;
      const text = (plans[i]!.read ?? clean)(made);
      if (text === '') continue;
      written[i] = { text, seed: request.seed, ...(made.finish === 'length' ? { flag: 'length' as const } : {}) };
    }
    left = left.filter((i) => written[i]?.text === '');
  }
  return written;
}

/** The run's seed first; after that a seed of the row's own. */
function seedOf(seed: number, row: number, attempt: number): number {
  return attempt === 0 ? seed : Math.floor(randomFor(seed, `simulate again ${attempt}`, row)() * 2 ** 32);
}
