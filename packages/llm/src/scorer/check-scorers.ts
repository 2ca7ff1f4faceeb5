import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ModelError } from '../model/errors.js';
import type { ModelCheck } from '../model/model-description.js';
import { EndpointPool } from '../server/transport/endpoint-pool.js';
import { Endpoint } from '../server/transport/endpoint.js';
import { ScorerClient } from './scorer-client.js';
import type { ScorerParts } from './scorer-parts.js';

/** Times a check asks: enough for a stumble, few enough not to keep a person waiting. */
const TRIES = 3;

/**
 * Examines each scoring server: is it there, does it serve the same weights as the others, and has it the tokenizer that is used here.
 * @returns one finding a server; one that is away is a warning while another answers
 */
export async function checkScorers(parts: ScorerParts, signal: AbortSignal | undefined): Promise<ModelCheck[]> {
  const tokenizer = createHash('sha256')
    .update(await readFile(join(parts.local.path, 'tokenizer.json')))
    .digest('hex');
  const found = await Promise.all(parts.pool.endpoints.map(({ url }) => checkOne(url, parts, { tokenizer, signal })));
  const away = found.every(({ status }) => status === 'warning-away') ? 'failed' : 'warning';
  return found.map(({ status, ...rest }) => ({ ...rest, status: status === 'warning-away' ? away : status }));
}

type Finding = Omit<ModelCheck, 'status'> & { readonly status: ModelCheck['status'] | 'warning-away' };

async function checkOne(
  url: string,
  { about, settings, local }: ScorerParts,
  { tokenizer, signal }: { readonly tokenizer: string; readonly signal: AbortSignal | undefined },
): Promise<Finding> {
  const impatient = { ...settings, tries: Math.min(TRIES, settings.tries), patience: 0 };
  const client = new ScorerClient(new EndpointPool([new Endpoint(url, 1, 1)], impatient), impatient);
  try {
    const { model, ...found } = await client.about({ signal });
    if (found.fingerprint !== about.fingerprint) {
      const detail = `serves ${model} with other weights than the other scoring servers (${found.fingerprint.slice(0, 12)}, not ${about.fingerprint.slice(0, 12)}); start all of them with one model and one dtype`;
      return { name: url, status: 'failed', detail };
    }
    if (found.tokenizer !== undefined && found.tokenizer !== tokenizer) {
      const detail = `serves ${model}, whose tokenizer.json is not that of ${local.path}; make sure that both give the same ids`;
      return { name: url, status: 'warning', detail };
    }
    return { name: url, status: 'ok', detail: `scores ${model} (${found.fingerprint.slice(0, 12)})` };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ModelError)) throw error;
    return { name: url, status: error.code === 'server' ? 'warning-away' : 'failed', detail: error.message };
  }
}
