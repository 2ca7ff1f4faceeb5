import type { LanguageModelChoice } from './model-choice.js';
import { parseLanguageModelChoice } from './model-choice.js';
import type { DescribedModel } from './model-description.js';

/** How to open a model; none of it changes a score or a text. */
export interface OpenOptions {
  /** Threads within one operator. @defaultValue the machine's cores, 8 at most */
  readonly threads?: number;
  /** Rows decoded together by `generate`, lowered when their key/value cache would pass 512 MB. @defaultValue 16 */
  readonly batch?: number;
  /** Where hub models are kept, `owner/name` below it. @defaultValue the cache folder of @huggingface/transformers */
  readonly cacheFolder?: string;
  /** Whether a hub id may be downloaded; when not, it must be in the cache folder. @defaultValue true */
  readonly download?: boolean;
}

/**
 * Opens a language model.
 * @param choice a choice, or its text: `onnx:FOLDER-OR-HUB-ID`
 * @throws ModelError with the reason as `code`: no such engine, folder, weights or tokenizer, or a graph that cannot be run
 */
export async function openLanguageModel(
  choice: LanguageModelChoice | string,
  options: OpenOptions = {},
): Promise<DescribedModel> {
  const { model } = typeof choice === 'string' ? parseLanguageModelChoice(choice) : choice;
  const { openOnnxModel } = await import('./onnx.js');
  return openOnnxModel(model, options);
}
