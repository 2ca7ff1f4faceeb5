import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ModelError } from '../model/errors.js';
import type { ModelCheck } from '../model/model-description.js';
import { EndpointPool } from '../server/transport/endpoint-pool.js';
import { Endpoint } from '../server/transport/endpoint.js';
import { ScorerClient, type ScorerParts } from './scorer-client.js';

/** Times a check asks: enough for a stumble, few enough not to keep a person waiting. */
const TRIES = 3;

/**
 * Examines each scoring server: is it there, does it serve the same weights as the others, and has it the tokenizer that is used here.
 * @returns one finding a server; one that is away is a warning while another answers
 */
export async function checkScorers(parts: ScorerParts, signal: AbortSignal | undefined): Promise<ModelCheck[]> {
  const bytes = await readFile(join(parts.local.path, 'tokenizer.json'));
  const tokenizer = createHash('sha256').update(bytes).digest('hex');
  const found = await Promise.all(
    parts.pool.endpoints.map(async ({ url }): Promise<ModelCheck | { away: ModelCheck }> => {
      try {
        return { name: url, ...(await findingAbout(url, parts, { tokenizer, signal })) };
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof ModelError)) throw error;
        const failed: ModelCheck = { name: url, status: 'failed', detail: error.message };
        return error.code === 'server' ? { away: failed } : failed;
      }
    }),
  );
  const isOneThere = found.some((each) => !('away' in each));
  return found.map((each) => {
    if (!('away' in each)) return each;
    return isOneThere ? { ...each.away, status: 'warning' } : each.away;
  });
}

async function findingAbout(
  url: string,
  { about, settings, local }: ScorerParts,
  { tokenizer, signal }: { readonly tokenizer: string; readonly signal: AbortSignal | undefined },
): Promise<Omit<ModelCheck, 'name'>> {
  const impatient = { ...settings, tries: Math.min(TRIES, settings.tries), patience: 0 };
  const pool = new EndpointPool([new Endpoint(url, 1, 1)], impatient);
  const { model, ...found } = await new ScorerClient({ pool, settings: impatient }).about({ signal });
  const [here, there] = [about, found].map(({ fingerprint }) => fingerprint.slice(0, 12));
  if (found.fingerprint !== about.fingerprint) {
    const detail = `serves ${model} with other weights than the other scoring servers (${there}, not ${here}); start all of them with one model and one dtype`;
    return { status: 'failed', detail };
  }
  if (found.tokenizer !== undefined && found.tokenizer !== tokenizer) {
    const detail = `serves ${model}, whose tokenizer.json is not that of ${local.path}; make sure that both give the same ids`;
    return { status: 'warning', detail };
  }
  return { status: 'ok', detail: `scores ${model} (${there})` };
}
