import { exchange, type Question } from '@mixture-of-personas/models';
import type { ModelCheck } from '../../model/model-description.js';
import { ServerClient, type ClientParts } from '../asking/server-client.js';
import { EndpointPool } from '../transport/endpoint-pool.js';
import { Endpoint } from '../transport/endpoint.js';

/** Times a check sends a request: enough for a stumble, few enough not to keep a person waiting. */
const TRIES = 3;

/** One server under examination. */
export interface ServerUnderTest {
  readonly endpoint: Endpoint;
  readonly parts: ClientParts;
  readonly client: ServerClient;
  /** Sends a question, again after faults. */
  ask(this: void, question: Question): Promise<unknown>;
  /** One finding about it. */
  found(this: void, status: ModelCheck['status'], detail: string): ModelCheck[];
}

/** A server with its own pool and client, so that an examination does not disturb others. */
export function openForTest(url: string, parts: ClientParts, signal: AbortSignal | undefined): ServerUnderTest {
  const settings = { ...parts.settings, tries: Math.min(TRIES, parts.settings.tries), patience: 0 };
  const endpoint = new Endpoint(url, 1, 8);
  const pool = new EndpointPool([endpoint], settings);
  const own = { ...parts, pool, settings };
  return {
    endpoint,
    parts: own,
    client: new ServerClient(own),
    ask: (question) => pool.run((_, inner) => exchange(question, settings, inner), { signal }),
    found: (status, detail) => [{ name: url, status, detail }],
  };
}
