import type { HubOptions } from '@mixture-of-personas/models';
import { locateModel } from '../files/hub.js';
import { checkModelFolder, contextIn, endTokensIn, type WeightFormat } from '../files/model-folder.js';
import type { Measure, ScoreRequest } from '../model/language-model.js';
import type { TemplateSettings } from './chat-template.js';
import { openTokenizer, type Tokenizer } from './tokenizer.js';

/** Tokens of a prompt and its completion against what the model takes. @throws ModelError when the pair cannot be tokenized */
export function measurePair(
  tokenizer: Tokenizer,
  { prompt, completion, endOfTurn = true }: ScoreRequest,
  window: number | undefined,
): Measure {
  const prepared = tokenizer.prepare(prompt);
  const ids = tokenizer.encodeCompletion(prepared, completion, endOfTurn);
  return { tokens: prepared.ids.length + ids.length, window };
}

/** A measure of a model's folder or hub id; its weights are not read. @throws ModelError as for opening the model, but for the graph */
export async function openFolderMeasure(
  source: string,
  file: string | undefined,
  options: TemplateSettings & HubOptions & { readonly weights?: WeightFormat },
): Promise<(request: ScoreRequest) => Measure> {
  const wanted = { format: options.weights, file };
  const path = await locateModel(source, wanted, options);
  await checkModelFolder(path, wanted);
  const tokenizer = await openTokenizer({ path, endTokens: await endTokensIn(path) }, options);
  const window = await contextIn(path);
  return (request) => measurePair(tokenizer, request, window);
}
