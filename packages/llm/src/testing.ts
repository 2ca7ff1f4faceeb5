// Models for tests of code that uses a language model: no weights, no files, the same answers every time.
import { createHash } from 'node:crypto';
import { randomFor } from '@mixture-of-personas/numeric';
import type {
  GenerateRequest,
  Generation,
  LanguageModel,
  Prompt,
  ScoreCurve,
  ScoreRequest,
} from './model/language-model.js';

export { openLogits, type LogitModel } from './logits.js';

/** Answers of a fake model; each part has a plain default. */
export interface FakeModelOptions {
  /** log p_τ(completion | prompt), nats. @defaultValue −characters / τ */
  readonly logProbability?: (request: ScoreRequest, temperature: number) => number;
  /** The text written for a request. @defaultValue a few words drawn from (seed, row) */
  readonly write?: (request: GenerateRequest) => string;
  /** Characters that a prompt and its completion may have together, for `measure`. @defaultValue none are too many */
  readonly window?: number;
  /** @defaultValue SHA-256 of `fake` */
  readonly fingerprint?: string;
}

/** The words of a prompt as one string, turns separated by newlines. */
export function promptText(prompt: Prompt): string {
  return 'text' in prompt ? prompt.text : prompt.messages.map(({ content }) => content).join('\n');
}

const WORDS = ['amber', 'basin', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'haven'];

/** Three to six words that depend on (seed, row) alone. */
function writeWords({ seed, row, maxTokens }: GenerateRequest): string {
  const random = randomFor(seed, 'generate', row);
  const count = Math.min(maxTokens, 3 + Math.floor(random() * 4));
  return Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
}

/**
 * A language model whose scores are a formula and whose texts are drawn from a list of words. One token a character in `score`, one a
 * word in `generate`; texts are yielded last request first, as any order is allowed.
 */
export function fakeModel(options: FakeModelOptions = {}): LanguageModel {
  // Every character is as likely as e^(−1/τ).
  const { logProbability = ({ completion }, temperature) => -[...completion].length / temperature } = options;
  const { write = writeWords } = options;
  const { fingerprint = createHash('sha256').update('fake').digest('hex') } = options;
  let passes = 0;
  const tokensOf = ({ completion, endOfTurn = true }: ScoreRequest): number =>
    [...completion].length + Number(endOfTurn);
  const curveOf = (request: ScoreRequest): ScoreCurve => ({
    tokens: tokensOf(request),
    logProbability: (temperature) => logProbability(request, temperature),
    derivative: (temperature) => {
      const step = 1e-5 * temperature; // central difference
      return (logProbability(request, temperature + step) - logProbability(request, temperature - step)) / (2 * step);
    },
  });
  return {
    id: 'fake',
    fingerprint,
    get scoringPasses() {
      return passes;
    },
    measure: (request) => ({
      tokens: [...promptText(request.prompt)].length + tokensOf(request),
      window: options.window,
    }),
    score(requests, { signal, onProgress } = {}) {
      signal?.throwIfAborted();
      passes += requests.length;
      onProgress?.(requests.length, requests.length);
      return Promise.resolve(requests.map(curveOf));
    },
    async *generate(requests, { signal, onProgress } = {}): AsyncGenerator<Generation> {
      for (let index = requests.length - 1; index >= 0; index--) {
        signal?.throwIfAborted();
        const request = requests[index] as GenerateRequest;
        const text = await Promise.resolve(write(request));
        onProgress?.(requests.length - index, requests.length);
        yield { index, text, tokens: text.split(' ').length, finish: 'end' };
      }
    },
    close: () => Promise.resolve(),
  };
}
