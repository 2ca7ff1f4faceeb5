import { createHash } from 'node:crypto';
import { apiKey, authorization, baseUrl, exchangeWithRetries } from '@mixture-of-personas/models';
import type { ServerEncoderChoice } from '../choice.js';
import type { Encoder } from '../encoder.js';
import { requireCount } from '../errors.js';
import { embeddingRows } from './answer.js';

/** Options of the server engine. */
export interface ServerOptions {
  /** Texts in one request. @defaultValue 64 */
  readonly batchSize?: number;
  /** Replaces the network. @defaultValue globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Replaces waiting between tries. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** Milliseconds that a server has for one answer. */
const DEADLINE = 120_000;

/**
 * The engine for OpenAI-compatible servers: POST /v1/embeddings, one batch after the other. The server cuts long texts or refuses
 * them by its own rule, so `truncated` stays 0; its weights cannot be seen, so the fingerprint is of URL and model name.
 * @throws SettingError when a setting is out of range or the named environment variable is not set
 */
export function openServer(id: string, choice: ServerEncoderChoice, options: ServerOptions): Encoder {
  const { batchSize = 64, fetch = globalThis.fetch, sleep } = options;
  requireCount('batchSize', batchSize, 1);
  const url = `${baseUrl(choice.url)}/embeddings`;
  const secret = apiKey(choice.apiKeyEnv, 'openEncoder');
  const settings = { deadline: DEADLINE, fetch, sleep, secret, headers: authorization(secret) };
  const identity = JSON.stringify(['server', url, choice.model]);
  return {
    id,
    fingerprint: createHash('sha256').update(identity).digest('hex'),
    truncated: 0,
    async embed(texts, { signal, onProgress } = {}) {
      let data = new Float32Array();
      let cols = 0;
      for (let start = 0; start < texts.length; start += batchSize) {
        const input = texts.slice(start, start + batchSize);
        const body = { model: choice.model, input, encoding_format: 'float' };
        const answer = await exchangeWithRetries({ url, body }, { ...settings, signal });
        const rows = embeddingRows(answer, { url, texts: input, first: start, cols });
        if (start === 0) {
          cols = rows[0]!.length;
          data = new Float32Array(texts.length * cols);
        }
        rows.forEach((row, i) => data.set(row, (start + i) * cols));
        onProgress?.(start + input.length, texts.length);
      }
      return { data, rows: texts.length, cols };
    },
    close: () => Promise.resolve(),
  };
}
