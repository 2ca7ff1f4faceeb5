import { ModelError } from '../model/errors.js';
import type {
  CallOptions,
  GenerateRequest,
  Generation,
  Measure,
  ScoreCurve,
  ScoreRequest,
} from '../model/language-model.js';
import { describeServed, type DescribedModel, type ModelCheck } from '../model/model-description.js';
import { OpenModel } from '../model/open-model.js';
import { emptyCurve } from '../scoring/score-curve.js';
import { checkGenerateRequest } from '../sampling/text-sampler.js';
import { boundedCurve, fixedCurve, widestOf } from './asking/bounded-curve.js';
import { mostAllowed } from './asking/client-errors.js';
import { checkServer, checkServers } from './examination/check-server.js';
import { runConcurrently, streamConcurrently } from './transport/concurrent.js';
import type { Endpoint } from './transport/endpoint.js';
import type { RunSignals } from './transport/endpoint-pool.js';
import { ServerClient, type ClientParts, type Purpose } from './asking/server-client.js';
import { measurePair } from '../tokenizing/measure.js';

/** Parts of a server model. */
export interface ServerParts extends ClientParts {
  readonly id: string;
  /** V where the model's config is known to say more than its tokenizer. */
  readonly vocabulary: number;
}

/** Times as many log-probabilities are asked for where those asked for leave a pair too wide. */
const MORE = 5;

/** A model behind one or several OpenAI-compatible servers. */
export class ServerModel extends OpenModel implements DescribedModel {
  readonly temperatures: readonly [lowest: number, highest: number];
  readonly inFlight: number;
  readonly #parts: ServerParts;
  readonly #client: ServerClient;
  readonly #examined = new Set<Purpose>();
  readonly #prepared = new Set<Purpose>();
  /** Most log-probabilities a token that the servers allow, as far as is known. */
  #most = Infinity;

  constructor(parts: ServerParts) {
    const { id, model, settings, local, pool } = parts;
    // Addresses are left out: a server more, or another port, changes no score.
    const { topLogProbabilities: top, temperatures, fixed, api } = settings;
    const identity = ['server', model, local?.hash ?? '', api, fixed ? 'fixed' : top, fixed ? [] : temperatures];
    super(id, describeServed(model, identity, local));
    this.#parts = parts;
    this.#client = new ServerClient(parts);
    this.inFlight = pool.capacity;
    this.temperatures = temperatures;
    pool.health.admit = (endpoint) => this.#admit(endpoint);
  }

  measure(request: ScoreRequest): Measure | undefined {
    const { local, pool } = this.#parts;
    if (local === undefined) return undefined;
    // A server may be started with less than its model takes.
    const windows = [local.contextTokens, ...pool.endpoints.map(({ window }) => window)];
    const window = Math.min(...windows.map((tokens) => tokens ?? Infinity));
    return measurePair(local.tokenizer, request, window === Infinity ? undefined : window);
  }

  async score(requests: readonly ScoreRequest[], options: CallOptions = {}): Promise<ScoreCurve[]> {
    this.requireOpen();
    const { onProgress, onCurve } = options;
    const curves = new Array<ScoreCurve>(requests.length);
    let done = 0;
    await this.#prepare('score', options.signal);
    await runConcurrently(requests.length, 2 * this.inFlight, options.signal, async (index, signals) => {
      const curve = await this.#scoreOne(requests[index] as ScoreRequest, signals);
      curves[index] = curve;
      onCurve?.(index, curve);
      onProgress?.(++done, requests.length);
    });
    return curves;
  }

  async #scoreOne(request: ScoreRequest, signals: RunSignals): Promise<ScoreCurve> {
    const { settings, vocabulary } = this.#parts;
    const { temperatures: range, maxWidth } = settings;
    const asked = this.#client.askedScore(request);
    const positions = await this.#client.positions(asked, signals);
    if (positions.length === 0) return emptyCurve(range);
    this.scoringPasses += 1;
    if (settings.fixed) return fixedCurve(positions, range);
    const curve = boundedCurve(positions, { vocabulary, range });
    const top = Math.min(MORE * asked.top, this.#most, vocabulary);
    if (widestOf(curve) <= maxWidth || top <= asked.top) return curve;
    const more = await this.#client.positions({ ...asked, top }, signals).catch((error: unknown) => {
      const allowed = error instanceof ModelError ? mostAllowed(error.message) : undefined;
      if (allowed === undefined) throw error;
      this.#most = allowed;
      return undefined;
    });
    if (more === undefined) return this.#most > asked.top ? this.#scoreOne(request, signals) : curve;
    this.scoringPasses += 1;
    return boundedCurve(more, { vocabulary, range });
  }

  async *generate(requests: readonly GenerateRequest[], options: CallOptions = {}): AsyncGenerator<Generation> {
    this.requireOpen();
    requests.forEach(checkGenerateRequest);
    if (requests.length === 0) return;
    await this.#prepare('generate', options.signal);
    let done = 0;
    const texts = streamConcurrently(requests.length, 2 * this.inFlight, options.signal, async (index, signals) => ({
      index,
      ...(await this.#client.write(requests[index] as GenerateRequest, signals)),
    }));
    for await (const text of texts) {
      options.onProgress?.(++done, requests.length);
      yield text;
    }
  }

  /** Answers of the servers to a few short requests; see `checkServers`. */
  check(purpose: Purpose, signal?: AbortSignal, pairs: readonly ScoreRequest[] = []): Promise<ModelCheck[]> {
    this.requireOpen();
    this.#examined.add(purpose);
    return checkServers(this.#parts, { purpose, pairs, signal });
  }

  #prepare(purpose: Purpose, signal: AbortSignal | undefined): Promise<void> {
    this.#prepared.add(purpose);
    return this.#client.prepare(purpose, signal);
  }

  /** A server that was away is examined as all were at first: it may serve another model. */
  async #admit(endpoint: Endpoint): Promise<void> {
    for (const purpose of this.#examined) {
      const found = await checkServer(endpoint.url, this.#parts, { purpose, pairs: [], signal: undefined });
      const fault = found.find(({ status }) => status === 'failed');
      if (fault !== undefined) throw new ModelError('unfit-server', `It ${fault.detail}.`);
    }
    for (const purpose of this.#prepared) await this.#client.learn(endpoint, purpose, undefined);
  }
}
