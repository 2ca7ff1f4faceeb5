import { fileURLToPath } from 'node:url';
import { formatModelChoice } from '@mixture-of-personas/models';
import { parseLanguageModelChoice, type LanguageModelChoice } from './model/model-choice.js';
import type { DescribedModel } from './model/model-description.js';
import type { OpenOptions } from './open-options.js';

/** Beside `src` and `dist`: the weights this package is shipped with, in the layout of any other model. */
const EMBEDDED_FOLDER = fileURLToPath(new URL('../embedded', import.meta.url));

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
  const { openOnnxModel } = await import('./onnx-model.js');
  switch (choice.kind) {
    case 'embedded':
      return openOnnxModel({ id: 'embedded', model: 'embedded', source: EMBEDDED_FOLDER }, options);
    case 'onnx':
      return openOnnxModel(
        { id: formatModelChoice(choice), model: choice.model, source: choice.model, file: choice.file },
        options,
      );
  }
}
