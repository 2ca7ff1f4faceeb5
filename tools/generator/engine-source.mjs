// The source of a generated engine: a model that is a list of symbols and logits for the next one. What follows from logits is there already.
import { YOURS } from './changes.mjs';

/** @param {string} name in kebab case @param {string} pascal the same as in a type's name */
export const engineSource = (name, pascal) => `import { createHash } from 'node:crypto';
import { drawIndex, randomFor } from '@mixture-of-personas/numeric';
import type { GenerateRequest, Generation, Prompt, ScoreCurve, ScoreRequest } from './model/language-model.js';
import type { DescribedModel } from './model/model-description.js';
import { scoreCurveOf } from './scoring/score-curve.js';
import { checkGenerateRequest } from './sampling/text-sampler.js';

/** ${YOURS}: what the model reads and writes; here letters, with one symbol for all others and one for the end of the turn. */
const SYMBOLS = [...'abcdefghijklmnopqrstuvwxyz .'];
const OTHER = SYMBOLS.length;
const END = SYMBOLS.length + 1;

/**
 * Logits of every symbol after a prompt and the symbols so far, the same for the same question. ${YOURS}: your model; here what the prompt holds is
 * likelier, and no symbol likes to follow itself.
 */
function logitsAfter(prompt: Prompt, before: readonly number[]): Float64Array {
  const said = symbolsOf('text' in prompt ? prompt.text : prompt.messages.map(({ content }) => content).join(' '));
  const [count, last] = [(symbol: number) => said.filter((each) => each === symbol).length, before.at(-1)];
  return Float64Array.from({ length: END + 1 }, (_, symbol) => Math.log(1 + count(symbol)) - Number(symbol === last));
}

function symbolsOf(text: string): number[] {
  return [...text].map((character) => {
    const at = SYMBOLS.indexOf(character);
    return at < 0 ? OTHER : at;
  });
}

function curveOf({ prompt, completion, endOfTurn = true }: ScoreRequest): ScoreCurve {
  const symbols = symbolsOf(completion);
  if (endOfTurn) symbols.push(END);
  const logits = symbols.map((_, at) => logitsAfter(prompt, symbols.slice(0, at)));
  return scoreCurveOf(logits, symbols);
}

/** Chances at temperature τ, 0 outside the nucleus: the most probable symbols that together have \`topP\` (at τ = 0 the first of them). */
function chancesOf(logits: Float64Array, temperature: number, topP: number): Float64Array {
  const ranked = [...logits.entries()].sort((a, b) => b[1] - a[1]);
  const largest = ranked[0]?.[1] ?? 0;
  const weightOf = (logit: number): number => Math.exp((logit - largest) / temperature);
  const chances = new Float64Array(logits.length);
  let left = temperature === 0 ? 0 : topP * logits.reduce((sum, logit) => sum + weightOf(logit), 0);
  for (const [at, [symbol, logit]] of ranked.entries()) {
    if (at > 0 && left <= 0) break;
    chances[symbol] = temperature === 0 ? 1 : weightOf(logit);
    left -= chances[symbol];
  }
  return chances;
}

function textOf(request: GenerateRequest): Omit<Generation, 'index'> {
  checkGenerateRequest(request);
  const { prompt, temperature, topP = 1, maxTokens, seed, row } = request;
  const random = randomFor(seed, 'generate', row);
  const symbols: number[] = [];
  const text = (): string => symbols.map((symbol) => SYMBOLS[symbol] ?? '').join('');
  while (symbols.length < maxTokens) {
    const logits = logitsAfter(prompt, symbols);
    logits[OTHER] = -Infinity; // it can be read and not written
    const symbol = drawIndex(chancesOf(logits, temperature, topP), random);
    if (symbol === END) return { text: text(), tokens: symbols.length + 1, finish: 'end' };
    symbols.push(symbol);
  }
  return { text: text(), tokens: symbols.length, finish: 'length' };
}

/**
 * Opens a model of the engine ${name}.
 * @param model text after the colon. ${YOURS}: its meaning, and the ModelError where it cannot be read; make this \`async\` to read a file
 */
export function open${pascal}Model(model: string): DescribedModel {
  // Cached scores are keyed by it: ${YOURS}: hash whatever changes a number, such as the bytes of the file.
  const fingerprint = createHash('sha256').update(\`${name}:\${model}\`).digest('hex');
  let passes = 0;
  return {
    id: \`${name}:\${model}\`,
    fingerprint,
    get scoringPasses() {
      return passes;
    },
    description: { engine: '${name}', model, files: [], fingerprint, threads: 1, device: 'cpu', contextTokens: undefined },
    async score(requests, { signal, onProgress, onCurve } = {}) {
      const curves: ScoreCurve[] = [];
      for (const request of requests) {
        signal?.throwIfAborted();
        const curve = await Promise.resolve(curveOf(request));
        passes++;
        curves.push(curve);
        onCurve?.(curves.length - 1, curve);
        onProgress?.(curves.length, requests.length);
      }
      return curves;
    },
    async *generate(requests, { signal } = {}): AsyncGenerator<Generation> {
      for (const [index, request] of requests.entries()) {
        signal?.throwIfAborted();
        yield { index, ...(await Promise.resolve(textOf(request))) };
      }
    },
    close: () => Promise.resolve(),
  };
}
`;
