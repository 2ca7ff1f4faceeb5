import type { Encoder } from '@mixture-of-personas/encoder';
import type { GenerateRequest, LanguageModel, Prompt, ScoreCurve, ScoreRequest } from '@mixture-of-personas/llm';
import { randomFor } from '@mixture-of-personas/numeric';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelOpeners } from '../../src/engines/model-openers.js';

const WIDTH = 24;
const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z]+/g) ?? ['nothing'];
const textOf = (prompt: Prompt): string =>
  'text' in prompt ? prompt.text : prompt.messages.map(({ content }) => content).join('\n');

/** Bag of words: every word adds its own direction, so texts that share words are alike. */
export function fakeEncoder(): Encoder {
  return {
    id: 'fake:words',
    fingerprint: hash('fake encoder').toString('hex'),
    truncated: 0,
    embed(texts) {
      const data = new Float32Array(texts.length * WIDTH);
      texts.forEach((text, i) => {
        for (const word of wordsOf(text)) {
          hash(word).forEach((byte, j) => {
            if (j < WIDTH) data[i * WIDTH + j] += (byte - 127.5) / 128;
          });
        }
      });
      return Promise.resolve({ data, rows: texts.length, cols: WIDTH });
    },
    close: () => Promise.resolve(),
  };
}

/**
 * log p_τ(y | prompt) = −Σ_words log(1 + exp(w / τ)), w −1 for a word that the prompt has too, else 2: a model that expects words it has seen.
 * Each pair takes `milliseconds`, so that a kill lands inside a stage.
 */
function fakeModel(milliseconds: number): LanguageModel {
  let passes = 0;
  return {
    id: 'fake:words',
    fingerprint: hash('fake model').toString('hex'),
    get scoringPasses() {
      return passes;
    },
    async score(requests, { signal } = {}) {
      const curves: ScoreCurve[] = [];
      for (const request of requests) {
        await sleep(milliseconds);
        signal?.throwIfAborted();
        passes += 1;
        curves.push(curveOf(request));
      }
      return curves;
    },
    async *generate(requests) {
      for (const [index, request] of requests.entries()) {
        await sleep(milliseconds);
        const text = textFrom(request);
        yield { index, text, tokens: wordsOf(text).length, finish: 'end' };
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Both fakes, whatever model is asked for. */
export function fakeOpeners(milliseconds = 0): ModelOpeners {
  return {
    openEncoder: () => Promise.resolve(fakeEncoder()),
    openLanguageModel: () => Promise.resolve(fakeModel(milliseconds)),
  };
}

function curveOf({ prompt, completion }: ScoreRequest): ScoreCurve {
  const seen = new Set(wordsOf(textOf(prompt)));
  const weights = wordsOf(completion).map((word) => (seen.has(word) ? -1 : 2));
  const sum = (term: (w: number) => number): number => weights.reduce((total, w) => total + term(w), 0);
  return {
    tokens: weights.length,
    logProbability: (t) => -sum((w) => Math.log1p(Math.exp(w / t))),
    derivative: (t) => sum((w) => w / (t * t) / (1 + Math.exp(-w / t))),
  };
}

function textFrom({ prompt, seed, row }: GenerateRequest): string {
  const words = wordsOf(textOf(prompt));
  const random = randomFor(seed, 'fake text', row);
  return Array.from({ length: 12 }, () => words[Math.floor(random() * words.length)]).join(' ');
}
