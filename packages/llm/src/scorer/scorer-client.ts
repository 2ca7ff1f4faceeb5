import { exchange, exchangeBytes, Refusal } from '@mixture-of-personas/models';
import { ModelError } from '../model/errors.js';
import type { ChebyshevCurve } from '../scoring/score-curve.js';
import type { EndpointPool, RunSignals } from '../server/transport/endpoint-pool.js';
import type { ServerSettings } from '../server/transport/server-options.js';
import { aboutOf, type About } from './about.js';
import { curvesIn } from './curve-records.js';
import { scoreBody, type ScoreBatch } from './score-batches.js';

/** Asks scoring servers; each request goes to whichever has room. */
export class ScorerClient {
  readonly #pool: EndpointPool;
  readonly #settings: ServerSettings;

  constructor(pool: EndpointPool, settings: ServerSettings) {
    this.#pool = pool;
    this.#settings = settings;
  }

  /** Facts about the model, from a server that answers. @throws ModelError `server` or `refused` */
  about(signals: RunSignals): Promise<About> {
    return this.#pool.run(async ({ url }, signal) => {
      return aboutOf(await this.#orRefused(url, exchange({ url: `${url}/about` }, this.#settings, signal)));
    }, signals);
  }

  /** One curve per pair, in order, of the model of that fingerprint alone. @throws ModelError `server` or `refused` */
  score(batch: ScoreBatch, fingerprint: string, signals: RunSignals): Promise<ChebyshevCurve[]> {
    const body = scoreBody(batch, fingerprint);
    return this.#pool.run(async ({ url }, signal) => {
      const answer = exchangeBytes({ url: `${url}/score`, body }, this.#settings, signal);
      return curvesIn(await this.#orRefused(url, answer), batch);
    }, signals);
  }

  async #orRefused<Answer>(url: string, answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw refused(url, error, this.#settings.keyName);
    }
  }
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
