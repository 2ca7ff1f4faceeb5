import { fileURLToPath } from 'node:url';
import { parseLanguageModelChoice, type LanguageModelChoice } from './model-choice.js';
import type { DescribedModel } from './model-description.js';
import type { WeightFormat } from './model-folder.js';
import type { ServerOptions } from './server/server-options.js';

/** Beside `src` and `dist`: the weights this package is shipped with, in the layout of any other model. */
const EMBEDDED_FOLDER = fileURLToPath(new URL('../embedded', import.meta.url));

/** How to open a model. Only `weights` and, at other temperatures than 1, `server` change scores and texts. */
export interface OpenOptions {
  /** Threads within one operator. @defaultValue the machine's cores, 8 at most */
  readonly threads?: number;
  /** Rows decoded together by `generate`, fewer when their keys and values would pass 512 MB. @defaultValue 32 */
  readonly batch?: number;
  /** Format of the weights. @defaultValue in a folder the first of q8, int8, uint8, fp32, q4, bnb4, q4f16, fp16; from the hub q8 */
  readonly weights?: WeightFormat;
  /** Where hub models are kept. @defaultValue `mixture-of-personas/models` in the user's cache folder */
  readonly cacheFolder?: string;
  /** Whether a hub id may be downloaded; when not, it must be in the cache folder. @defaultValue true */
  readonly download?: boolean;
  /** How servers are asked. */
  readonly server?: ServerOptions;
}

/**
 * Opens a language model.
 * @param choice a choice, or its text: `embedded`, `onnx:FOLDER-OR-HUB-ID` or `server:URL[,URL…]#MODEL`
 * @throws ModelError with the reason as `code`: no such engine, folder, weights or tokenizer, or a graph that cannot be run
 */
export async function openLanguageModel(
  choice: LanguageModelChoice | string,
  options: OpenOptions = {},
): Promise<DescribedModel> {
  if (typeof choice === 'string') return openLanguageModel(parseLanguageModelChoice(choice), options);
  if (choice.kind === 'server') {
    const { openServerModel } = await import('./server/open-server.js');
    return openServerModel(choice, options);
  }
  const { openOnnxModel } = await import('./onnx.js');
  switch (choice.kind) {
    case 'embedded':
      return openOnnxModel({ id: 'embedded', model: 'embedded', source: EMBEDDED_FOLDER }, options);
    case 'onnx':
      return openOnnxModel({ id: `onnx:${choice.model}`, model: choice.model, source: choice.model }, options);
  }
}
