import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { SettingError } from '@mixture-of-personas/numeric';
import type { EncoderChoice } from '../choice.js';
import type { Encoder } from '../encoder.js';
import { ServerError } from '../errors.js';
import { fetchWithRetries, type RetryOptions } from './retry.js';
import { embeddingRows } from './answer.js';

type ServerChoice = Extract<EncoderChoice, { kind: 'server' }>;

/** What the engine may be told; `OpenOptions` says what each means. */
export interface ServerOptions {
  readonly batchSize?: number;
  readonly fetch?: typeof globalThis.fetch;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * The engine for OpenAI-compatible servers: POST /v1/embeddings, one batch after the other. The server cuts long texts or refuses
 * them by its own rule, so `truncated` stays 0; its weights cannot be seen, so the fingerprint is of URL and model name.
 * @throws SettingError when a setting is out of range or the named environment variable is not set
 */
export function openServer(id: string, choice: ServerChoice, options: ServerOptions): Encoder {
  const { batchSize = 64, fetch = globalThis.fetch, sleep = (milliseconds) => setTimeout(milliseconds) } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new SettingError('openEncoder', 'batchSize', 'a whole number ≥ 1', batchSize);
  const url = `${choice.url.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1/embeddings`;
  const headers = { 'content-type': 'application/json', ...authorization(choice.apiKeyEnv) };
  return {
    id,
    fingerprint: createHash('sha256')
      .update(JSON.stringify(['server', url, choice.model]))
      .digest('hex'),
    truncated: 0,
    async embed(texts, { signal, onProgress } = {}) {
      let data = new Float32Array();
      let cols = 0;
      for (let start = 0; start < texts.length; start += batchSize) {
        const input = texts.slice(start, start + batchSize);
        const rows = embeddingRows(
          await post(
            url,
            { headers, body: JSON.stringify({ model: choice.model, input, encoding_format: 'float' }) },
            { fetch, sleep, signal },
          ),
          { url, texts: input, first: start, cols },
        );
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

/** The key goes into the header and nowhere else; a variable that was named must be set, the default one need not be. */
function authorization(variable: string | undefined): { authorization?: string } {
  const key = process.env[variable ?? 'MOP_API_KEY'];
  if (key) return { authorization: `Bearer ${key}` };
  if (variable === undefined) return {};
  throw new SettingError('openEncoder', 'apiKeyEnv', 'the name of an environment variable that is set', variable);
}

async function post(url: string, init: RequestInit, options: RetryOptions): Promise<unknown> {
  const response = await fetchWithRetries(url, { method: 'POST', ...init }, options);
  const body = await response.text();
  if (!response.ok) {
    throw new ServerError(
      `${url} refused the request with ${response.status}: ${body.slice(0, 200)} Check the model's name and the key.`,
    );
  }
  try {
    return JSON.parse(body);
  } catch {
    throw new ServerError(
      `${url} did not answer in JSON: ${body.slice(0, 60)} Check that this is the base URL of an OpenAI-compatible server.`,
    );
  }
}
