import { exchange, exchangeBytes, Refusal } from '@mixture-of-personas/models';
import { ModelError } from '../model/errors.js';
import type { ChebyshevCurve } from '../scoring/score-curve.js';
import type { Endpoint } from '../server/transport/endpoint.js';
import type { EndpointPool, RunSignals } from '../server/transport/endpoint-pool.js';
import type { ServerSettings } from '../server/transport/server-options.js';
import type { LocalTokenizer } from '../tokenizing/tokenizer-files.js';
import { aboutOf, type About } from './about.js';
import { curvesIn } from './curve-records.js';
import { scoreBody, type ScoreBatch } from './score-batches.js';

/** Parts of a model behind scoring servers. */
export interface ScorerParts {
  readonly pool: EndpointPool;
  readonly settings: ServerSettings;
  readonly local: LocalTokenizer;
  readonly about: About;
}

/** Asks scoring servers; each request goes to whichever has room. */
export class ScorerClient {
  readonly #parts: Pick<ScorerParts, 'pool' | 'settings'>;

  constructor(parts: Pick<ScorerParts, 'pool' | 'settings'>) {
    this.#parts = parts;
  }

  /** Facts about the model, from a server that answers. @throws ModelError `server` or `refused` */
  about(signals: RunSignals): Promise<About> {
    const { pool, settings } = this.#parts;
    return pool.run(
      async ({ url }, signal) => aboutOf(await exchange({ url: `${url}/about` }, settings, signal)),
      signals,
      this.#inWords,
    );
  }

  /** One curve per pair, in order, of the model of that fingerprint alone. @throws ModelError `server` or `refused` */
  score(batch: ScoreBatch, fingerprint: string, signals: RunSignals): Promise<ChebyshevCurve[]> {
    const { pool, settings } = this.#parts;
    const body = scoreBody(batch, fingerprint);
    return pool.run(
      async ({ url }, signal) => curvesIn(await exchangeBytes({ url: `${url}/score`, body }, settings, signal), batch),
      signals,
      this.#inWords,
    );
  }

  readonly #inWords = (error: unknown, { url }: Endpoint): unknown =>
    error instanceof Refusal ? refused(url, error, this.#parts.settings.keyName) : error;
}

function refused(url: string, { status, message }: Refusal, keyName: string): ModelError {
  const problem = `The scoring server ${url} declined the request with ${status}: ${message.replace(/[.\s]+$/, '')}.`;
  if (status === 409) {
    const remedy = 'Start all of them with one model and one dtype, then run the same command again.';
    return new ModelError('other-weights', problem, { remedy });
  }
  const remedy =
    status === 401 || status === 403
      ? `Set the environment variable ${keyName} to the key that it was started with.`
      : status === 404
        ? 'Check the address: score-server/serve.py must run there.'
        : 'Shorten the prompt or the completion.';
  return new ModelError('refused', problem, { remedy });
}
