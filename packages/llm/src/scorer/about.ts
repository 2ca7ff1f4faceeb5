import { Fault } from '@mixture-of-personas/models';
import { NODE_BETAS } from '../scoring/score-curve.js';

/** Facts that a scoring server tells about itself. */
export interface About {
  /** Hub id, or name of the model's folder. */
  readonly model: string;
  /** SHA-256, hex, of the config, the weights and the type of the numbers. */
  readonly fingerprint: string;
  /** SHA-256, hex, of its tokenizer.json; undefined where its folder has none. */
  readonly tokenizer: string | undefined;
  /** Tokens that the model knows. */
  readonly vocabulary: number;
  /** Tokens of a prompt and its completion at most; undefined when the model's config does not say. */
  readonly window: number | undefined;
  /** Tokens worth sending in one request. */
  readonly requestTokens: number;
}

/**
 * Reads the answer of `GET /about`.
 * @throws Fault when it is not a scoring server's, or one of other curves
 */
export function aboutOf(answer: unknown): About {
  const told = (answer ?? {}) as { readonly [Name in keyof About | 'protocol' | 'nodes']?: unknown };
  const { model, fingerprint, tokenizer, window, vocabulary, requestTokens, nodes } = told;
  if (told.protocol !== 1 || typeof model !== 'string' || typeof fingerprint !== 'string')
    throw new Fault('broken', 'is no scoring server of protocol 1', { advice: 'Start score-server/serve.py there.' });
  const isNode = (value: unknown, n: number): boolean =>
    typeof value === 'number' && Math.abs(value - (NODE_BETAS[n] ?? 0)) < 1e-9;
  const equal = Array.isArray(nodes) && nodes.length === NODE_BETAS.length && nodes.every(isNode);
  if (!equal || !isCount(vocabulary) || !isCount(requestTokens)) {
    const advice = 'Start the score-server of this version of mop there.';
    throw new Fault('broken', 'scores at other nodes', { advice });
  }
  return {
    model,
    fingerprint,
    tokenizer: typeof tokenizer === 'string' ? tokenizer : undefined,
    vocabulary,
    window: isCount(window) ? window : undefined,
    requestTokens,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
