import { ModelError } from '../model/errors.js';
import type { CallOptions, Generation, Measure, ScoreCurve, ScoreRequest } from '../model/language-model.js';
import { describeServed, type DescribedModel, type ModelCheck } from '../model/model-description.js';
import { OpenModel } from '../model/open-model.js';
import { emptyCurve } from '../scoring/score-curve.js';
import { runConcurrently } from '../server/transport/concurrent.js';
import { measurePair } from '../tokenizing/measure.js';
import { tokenizePairs } from '../tokenizing/tokenized-pairs.js';
import { checkScorers } from './check-scorers.js';
import { batchesOf } from './score-batches.js';
import { ScorerClient, type ScorerParts } from './scorer-client.js';

/** Pairs that a request is taken to have, for callers to give enough of them. */
const PAIRS = 64;

/** A model behind one or several scoring servers: exact curves, and no texts. */
export class ScorerModel extends OpenModel implements DescribedModel {
  /** Pairs that fill a few requests to every server. */
  readonly inFlight: number;
  readonly #parts: ScorerParts;
  readonly #client: ScorerClient;

  constructor(parts: ScorerParts) {
    const { about, local, pool } = parts;
    const window = Math.min(about.window ?? Infinity, local.contextTokens ?? Infinity);
    const contextTokens = window === Infinity ? undefined : window;
    // Addresses are left out: a server more, or another port, changes no score.
    const identity = ['scorer', about.fingerprint, local.hash];
    super(`scorer:${about.model}`, describeServed(about.model, identity, { ...local, contextTokens }));
    this.#parts = parts;
    this.#client = new ScorerClient(parts);
    this.inFlight = PAIRS * pool.capacity;
  }

  measure(request: ScoreRequest): Measure {
    return measurePair(this.#parts.local.tokenizer, request, this.description.contextTokens);
  }

  async score(requests: readonly ScoreRequest[], options: CallOptions = {}): Promise<ScoreCurve[]> {
    this.requireOpen();
    const { about, local, pool } = this.#parts;
    const { onProgress, onCurve, signal } = options;
    const limits = { id: this.id, contextTokens: this.description.contextTokens, vocabulary: about.vocabulary };
    const pairs = tokenizePairs(local.tokenizer, requests, limits);
    const batches = batchesOf(pairs, about.requestTokens);
    const curves = new Array<ScoreCurve>(requests.length).fill(emptyCurve());
    let done = requests.length - pairs.length;
    await runConcurrently(batches.length, 2 * pool.capacity, signal, async (number, signals) => {
      const batch = batches[number] ?? [];
      const scored = await this.#client.score(batch, about.fingerprint, signals);
      scored.forEach((curve, i) => {
        const index = batch[i]?.index ?? 0;
        curves[index] = curve;
        onCurve?.(index, curve);
      });
      this.scoringPasses += batch.length;
      onProgress?.((done += batch.length), requests.length);
    });
    return curves;
  }

  /** @throws ModelError `cannot-write`: a scoring server scores alone */
  // eslint-disable-next-line @typescript-eslint/require-await
  async *generate(): AsyncGenerator<Generation> {
    throw new ModelError('cannot-write', `${this.id} is a scoring server, which writes no texts.`, {
      remedy: 'Name a model that writes beside it: llm.model server:URL#MODEL.',
    });
  }

  /** Whether each server is there and serves the same weights; see `checkScorers`. */
  async check(purpose: 'score' | 'generate', signal?: AbortSignal): Promise<ModelCheck[]> {
    this.requireOpen();
    if (purpose === 'score') return checkScorers(this.#parts, signal);
    const detail = 'is a scoring server, which writes no texts; name a model that writes beside it (llm.model)';
    return [{ name: this.id, status: 'failed', detail }];
  }
}
