import { fileURLToPath } from 'node:url';
import { formatModelChoice } from '@mixture-of-personas/models';
import type { Measure, ScoreRequest } from './model/language-model.js';
import { parseLanguageModelChoice, type LanguageModelChoice } from './model/model-choice.js';
import type { DescribedModel } from './model/model-description.js';
import type { OpenOptions } from './open-options.js';

/** Beside `src` and `dist`: the weights this package is shipped with, in the layout of any other model. */
const EMBEDDED_FOLDER = fileURLToPath(new URL('../embedded', import.meta.url));

/**
 * Opens a language model.
 * @param choice a choice, or its text: `embedded`, `onnx:FOLDER-OR-HUB-ID`, `server:URL[,URL…]#MODEL` or `scorer`, with addresses in the options
 * @throws ModelError with the reason as `code`: no such engine, folder, weights or tokenizer, or a graph that cannot be run
 */
export async function openLanguageModel(
  choice: LanguageModelChoice | string,
  options: OpenOptions = {},
): Promise<DescribedModel> {
  if (typeof choice === 'string') return openLanguageModel(parseLanguageModelChoice(choice), options);
  const { server = {} } = options;
  const { scorer = [] } = server;
  if (choice.kind === 'scorer' || scorer.length > 0) {
    const { openScorer } = await import('./scorer/open-scorer.js');
    return openScorer(choice, { ...options, server: { ...server, scorer } });
  }
  if (choice.kind === 'server') {
    const { openServerModel } = await import('./server/open-server.js');
    return openServerModel(choice, options);
  }
  const { openOnnxModel } = await import('./onnx-model.js');
  if (choice.kind === 'embedded')
    return openOnnxModel({ id: 'embedded', model: 'embedded', source: EMBEDDED_FOLDER }, options);
  const { model, file } = choice;
  return openOnnxModel({ id: formatModelChoice(choice), model, source: model, file }, options);
}

/**
 * Opens what measures pairs, without a model's weights: for checks before work starts. Servers are not asked.
 * @returns tokens of a pair and the model's window; undefined where only the server tokenizes
 * @throws ModelError as `openLanguageModel` does, but for the graph
 */
export async function openMeasure(
  choice: LanguageModelChoice | string,
  options: OpenOptions = {},
): Promise<(request: ScoreRequest) => Measure | undefined> {
  if (typeof choice === 'string') return openMeasure(parseLanguageModelChoice(choice), options);
  const { openFolderMeasure, measurePair } = await import('./tokenizing/measure.js');
  if (choice.kind === 'embedded') return openFolderMeasure(EMBEDDED_FOLDER, undefined, options);
  if (choice.kind === 'onnx') return openFolderMeasure(choice.model, choice.file, options);
  const { openLocalTokenizer } = await import('./tokenizing/tokenizer-files.js');
  const { tokenizer: folder, api } = options.server ?? {};
  const named = folder ?? choice.model;
  // A server that only chats makes a prompt of its own: nobody here knows its length.
  if (named === undefined || api === 'chat') return () => undefined;
  const { tokenizer, contextTokens } = await openLocalTokenizer(named, options);
  return (request) => measurePair(tokenizer, request, contextTokens);
}
