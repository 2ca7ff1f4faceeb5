import { createHash } from 'node:crypto';
import { ModelError } from '../model/errors.js';
import type {
  CallOptions,
  GenerateRequest,
  Generation,
  Measure,
  ScoreCurve,
  ScoreRequest,
} from '../model/language-model.js';
import type { DescribedModel, ModelCheck, ModelDescription } from '../model/model-description.js';
import { ChebyshevCurve, NODES } from '../scoring/score-curve.js';
import { checkGenerateRequest } from '../sampling/text-sampler.js';
import { boundedCurve, fixedCurve, widestOf, type BoundedCurve } from './asking/bounded-curve.js';
import { checkServer } from './examination/check-server.js';
import { runConcurrently, streamConcurrently } from './transport/concurrent.js';
import type { EndpointPool } from './transport/endpoint-pool.js';
import type { ServerSettings } from './transport/server-options.js';
import { ServerClient } from './asking/server-client.js';
import { measurePair } from '../tokenizing/measure.js';
import type { LocalTokenizer } from '../tokenizing/tokenizer-files.js';

/** Parts of a server model. */
export interface ServerParts {
  readonly id: string;
  readonly model: string;
  readonly pool: EndpointPool;
  readonly settings: ServerSettings;
  /** Absent for chat-only endpoints. */
  readonly local: LocalTokenizer | undefined;
  /** V where the model's config is known to say more than its tokenizer. */
  readonly vocabulary: number;
}

/** Requests given in one call that keep every server busy to its end. */
const BATCH = 4096;

/** A model behind one or several OpenAI-compatible servers. */
export class ServerModel implements DescribedModel {
  scoringPasses = 0;
  readonly id: string;
  readonly fingerprint: string;
  readonly description: ModelDescription;
  readonly temperatures: readonly [lowest: number, highest: number];
  readonly batch: number = BATCH;
  readonly #parts: ServerParts;
  readonly #client: ServerClient;
  #widest = 0;
  #closed = false;

  constructor(parts: ServerParts) {
    const { id, model, settings, local } = parts;
    this.#parts = parts;
    this.#client = new ServerClient(parts);
    this.id = id;
    this.temperatures = settings.temperatures;
    // Addresses are left out: a server more, or another port, changes no score.
    const { topLogProbabilities: top, temperatures, fixed, api } = settings;
    const identity = ['server', model, local?.hash ?? '', api, fixed ? 'fixed' : top, fixed ? [] : temperatures];
    this.fingerprint = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
    const { fingerprint } = this;
    const files = local?.files ?? [];
    this.description = {
      engine: 'server',
      model,
      files,
      fingerprint,
      threads: 0,
      device: 'server',
      contextTokens: local?.contextTokens,
      ...(local === undefined ? {} : { prompting: local.tokenizer.prompting }),
    };
  }

  /** Nats per token that the bounds of any pair scored so far lie apart at most. */
  get widest(): number {
    return this.#widest;
  }

  measure(request: ScoreRequest): Measure | undefined {
    const { local } = this.#parts;
    return local === undefined ? undefined : measurePair(local.tokenizer, request, local.contextTokens);
  }

  async score(requests: readonly ScoreRequest[], options: CallOptions = {}): Promise<ScoreCurve[]> {
    this.#requireOpen();
    const { onProgress, onCurve } = options;
    const curves = new Array<ScoreCurve>(requests.length);
    let done = 0;
    await this.#client.prepareScoring(options.signal);
    await runConcurrently(requests.length, this.#parts.pool.capacity * 2, options.signal, async (index, signals) => {
      const curve = await this.#scoreOne(requests[index] as ScoreRequest, index, signals);
      curves[index] = curve;
      onCurve?.(index, curve);
      onProgress?.(++done, requests.length);
    });
    return curves;
  }

  async #scoreOne(
    request: ScoreRequest,
    index: number,
    signals: Parameters<ServerClient['positions']>[1],
  ): Promise<ScoreCurve> {
    const { settings, vocabulary } = this.#parts;
    const range = settings.temperatures;
    const positions = await this.#client.positions(request, signals);
    if (positions.length === 0) {
      return new ChebyshevCurve({ tokens: 0, gap: 0, coefficients: new Float64Array(NODES) }, range);
    }
    this.scoringPasses += 1;
    if (settings.fixed) return fixedCurve(positions, range);
    const curve = boundedCurve(positions, { vocabulary, range });
    this.#requireNarrow(curve, index);
    return curve;
  }

  #requireNarrow(curve: BoundedCurve, index: number): void {
    const width = widestOf(curve);
    this.#widest = Math.max(this.#widest, width);
    const { maxWidth, temperatures, topLogProbabilities } = this.#parts.settings;
    if (width <= maxWidth) return;
    const message =
      `Request ${index}: over temperatures ${temperatures.join(' to ')}, log p is known only within ${width.toFixed(3)} nats per token, more than ` +
      `maxWidth ${maxWidth}; ask for more than ${topLogProbabilities} log-probabilities a token, narrow the temperatures, or fix them at 1.`;
    throw new ModelError('too-wide', message);
  }

  async *generate(requests: readonly GenerateRequest[], options: CallOptions = {}): AsyncGenerator<Generation> {
    this.#requireOpen();
    requests.forEach(checkGenerateRequest);
    if (requests.length === 0) return;
    await this.#client.prepareWriting(options.signal);
    let done = 0;
    const texts = streamConcurrently(
      requests.length,
      this.#parts.pool.capacity * 2,
      options.signal,
      async (index, signals) => ({
        index,
        ...(await this.#client.write(requests[index] as GenerateRequest, signals)),
      }),
    );
    for await (const text of texts) {
      options.onProgress?.(++done, requests.length);
      yield text;
    }
  }

  /** Answers of the servers to a few short requests; see `checkServer`. */
  check(purpose: 'score' | 'generate', signal?: AbortSignal): Promise<ModelCheck[]> {
    this.#requireOpen();
    return checkServer(this.#parts, purpose, signal);
  }

  #requireOpen(): void {
    if (this.#closed) throw new ModelError('closed', `The model ${this.id} was closed; open it again.`);
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}
