import { openEncoder, parseEncoderChoice } from '@mixture-of-personas/encoder';
import { openLanguageModel } from '@mixture-of-personas/llm';
import type { ModelOpeners } from './model-openers.js';

const threadsOf = (threads: number | undefined): { threads?: number } => (threads === undefined ? {} : { threads });

/** The engines that the names stand for. */
export const engines: ModelOpeners = {
  openEncoder: (model, threads) => openEncoder(parseEncoderChoice(model), threadsOf(threads)),
  openLanguageModel: (model, threads) => openLanguageModel(model, threadsOf(threads)),
};
