import { z } from 'zod';
import { about, count, section, words } from './kinds.js';

/** `llm`: which language model, and how its server is asked. */
export const llm = section('The frozen language model.', {
  model: about(
    'Language model: `embedded`, `onnx:FOLDER-OR-HUB-ID` or `server:URL[*WEIGHT][,URL…]#MODEL`.',
    words.default('embedded'),
  ),
  threads: about('Threads within the model; `threads` when absent.', count(1).optional()),
  scorer: about(
    'Addresses of scoring servers: they score, a `server:` model beside them writes; without one nothing does.',
    z.array(words).min(1).optional(),
  ),
  tokenizer: about(
    'For servers: folder or hub id of the tokenizer; the name of the model when absent.',
    words.optional(),
  ),
  api: about(
    'For servers: `chat` where there is no `/v1/completions`; it is fitted by texts alone (`gate.objective: texts`).',
    z.enum(['completions', 'chat']).optional(),
  ),
  apiKeyEnv: about('For servers: environment variable that holds the key, MOP_API_KEY when absent.', words.optional()),
  topLogProbabilities: about(
    'For servers: log-probabilities asked for at each token; 20 when absent.',
    count(1).optional(),
  ),
  temperatures: about(
    'For servers: range of τ, [0.5, 1] when absent; [1] fixes τ at 1, where log p is exact.',
    z.array(z.number().min(0.25).max(2.5)).min(1).max(2).optional(),
  ),
  maxWidth: about(
    'For servers: nats per token that bounds on log p may lie apart before more log-probabilities are asked for; 0.1 when absent.',
    z.number().positive().optional(),
  ),
  concurrency: about('For servers: requests in flight at each, at most; 256 when absent.', count(1).optional()),
  deadline: about('For servers: seconds that a request may take; 120 when absent.', z.number().positive().optional()),
});

/** `encoder`: which text encoder. */
export const encoder = section('The frozen text encoder.', {
  model: about('Text encoder: `embedded`, `onnx:FOLDER-OR-HUB-ID` or `server:URL#MODEL`.', words.default('embedded')),
});
