import type { Generation, LanguageModel, Prompt } from '@mixture-of-personas/llm';
import { randomFor } from '@mixture-of-personas/numeric';
import type { SyntheticRow } from '../record.js';

/** A text to be written. */
export interface TextPrompt {
  readonly prompt: Prompt;
  readonly temperature: number;
  readonly row: number;
  /** Tokens at most. @defaultValue the settings' */
  readonly maxTokens?: number | undefined;
  /** What its generation says. @defaultValue the settings' `clean` */
  readonly read?: ((made: Generation) => string) | undefined;
}

/** Settings that all texts of a simulation share. */
export interface TextSettings {
  readonly seed: number;
  readonly maxTokens: number;
  readonly topP: number;
  /** Draws more for an empty text. */
  readonly retries: number;
  /** What a generation says once it is cleaned; empty when nothing is left. */
  readonly clean: (made: Generation) => string;
  readonly signal: AbortSignal | undefined;
}

/** What became of a prompt. */
export type WrittenText = Pick<SyntheticRow, 'text' | 'seed' | 'flag'>;

/**
 * One text a prompt, in order. A text that is empty after cleaning is drawn again with a seed derived from (seed, row, attempt), the
 * empty ones of a call together; one that stays empty is flagged.
 */
export async function generateTexts(
  model: LanguageModel,
  prompts: readonly TextPrompt[],
  settings: TextSettings,
): Promise<WrittenText[]> {
  const written: WrittenText[] = prompts.map(() => ({ text: '', seed: settings.seed, flag: 'empty' }));
  let left = prompts.map((_, i) => i);
  for (let attempt = 0; attempt <= settings.retries && left.length > 0; attempt++) {
    const seeds = left.map((i) => seedOf(settings.seed, (prompts[i] as TextPrompt).row, attempt));
    const requests = left.map((i, n) => {
      const { prompt, temperature, row, maxTokens = settings.maxTokens } = prompts[i] as TextPrompt;
      return { prompt, temperature, row, seed: seeds[n] as number, topP: settings.topP, maxTokens };
    });
    for await (const made of model.generate(
      requests,
      settings.signal === undefined ? {} : { signal: settings.signal },
    )) {
      const at = left[made.index];
      const read = (at === undefined ? undefined : prompts[at]?.read) ?? settings.clean;
      const text = read(made);
      const seed = seeds[made.index];
      if (at === undefined || seed === undefined || text === '') continue;
      written[at] = { text, seed, ...(made.finish === 'length' ? { flag: 'length' as const } : {}) };
    }
    left = left.filter((i) => written[i]?.text === '');
  }
  return written;
}

/** The run's seed first; after that a seed of the row's own. */
function seedOf(seed: number, row: number, attempt: number): number {
  return attempt === 0 ? seed : Math.floor(randomFor(seed, `simulate again ${attempt}`, row)() * 2 ** 32);
}
