import { z } from 'zod';
import { count, words } from './kinds.js';

/** `llm`: which language model, and how its server is asked. */
export const llm = z
  .strictObject({
    model: words
      .default('embedded')
      .describe('Language model: `embedded`, `onnx:FOLDER-OR-HUB-ID` or `server:URL[*WEIGHT][,URL…]#MODEL`.'),
    threads: count(1).optional().describe('Threads within the model; `threads` when absent.'),
    scorer: z
      .array(words)
      .min(1)
      .optional()
      .describe(
        'Addresses of scoring servers: they score, a `server:` model beside them writes; without one nothing does.',
      ),
    tokenizer: words
      .optional()
      .describe('For servers: folder or hub id of the tokenizer; the name of the model when absent.'),
    api: z
      .enum(['completions', 'chat'])
      .optional()
      .describe(
        'For servers: `chat` where there is no `/v1/completions`; it is fitted by texts alone (`gate.objective: texts`).',
      ),
    apiKeyEnv: words
      .optional()
      .describe('For servers: environment variable that holds the key, MOP_API_KEY when absent.'),
    topLogProbabilities: count(1)
      .optional()
      .describe('For servers: log-probabilities asked for at each token; 20 when absent.'),
    temperatures: z
      .array(z.number().min(0.25).max(2.5))
      .min(1)
      .max(2)
      .optional()
      .describe('For servers: range of τ, [0.5, 1] when absent; [1] fixes τ at 1, where log p is exact.'),
    maxWidth: z
      .number()
      .positive()
      .optional()
      .describe(
        'For servers: nats per token that bounds on log p may lie apart before more log-probabilities are asked for; 0.1 when absent.',
      ),
    concurrency: count(1).optional().describe('For servers: requests in flight at each, at most; 256 when absent.'),
    deadline: z
      .number()
      .positive()
      .optional()
      .describe('For servers: seconds that a request may take; 120 when absent.'),
  })
  .prefault({})
  .describe('The frozen language model.');

/** `encoder`: which text encoder. */
export const encoder = z
  .strictObject({
    model: words
      .default('embedded')
      .describe('Text encoder: `embedded`, `onnx:FOLDER-OR-HUB-ID` or `server:URL#MODEL`.'),
  })
  .prefault({})
  .describe('The frozen text encoder.');
