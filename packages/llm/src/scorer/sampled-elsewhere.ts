import { ModelError } from '../model/errors.js';
import type { Measure, ScoreRequest } from '../model/language-model.js';
import type { DescribedModel, ModelCheck, ModelDescription } from '../model/model-description.js';
import { curveData } from '../scoring/score-curve.js';
import type { ScorerModel } from './scorer-model.js';

/** Prompts whose continuations are neither certain nor hopeless. */
const PROMPTS: readonly string[] = ['The night train to the coast leaves', 'When the doctor read the letter, she'];
/** Tokens written after each. */
const WRITTEN = 16;
/** Nats per token that 16-bit arithmetic in another batch explains. */
const TOLERANCE = 0.1;

/** A model that servers write with and scoring servers score: the same weights behind both. */
export class SampledElsewhere implements DescribedModel {
  readonly id: string;
  readonly fingerprint: string;
  readonly description: ModelDescription;
  /** Pairs or texts that keep both busy. */
  readonly inFlight: number;
  readonly #writer: DescribedModel;
  readonly #scorer: ScorerModel;
  /** Opens the model of each writing server alone. */
  readonly #writers: () => Promise<readonly DescribedModel[]>;

  constructor(writer: DescribedModel, scorer: ScorerModel, writers: () => Promise<readonly DescribedModel[]>) {
    this.#writer = writer;
    this.#scorer = scorer;
    this.#writers = writers;
    this.id = writer.id;
    this.fingerprint = scorer.fingerprint;
    this.description = { ...scorer.description, model: writer.description.model };
    this.inFlight = Math.max(scorer.inFlight, writer.inFlight ?? 0);
  }

  get scoringPasses(): number {
    return this.#scorer.scoringPasses;
  }

  readonly measure = (request: ScoreRequest): Measure => this.#scorer.measure(request);
  readonly score: DescribedModel['score'] = (requests, options) => this.#scorer.score(requests, options);
  readonly generate: DescribedModel['generate'] = (requests, options) => this.#writer.generate(requests, options);

  /** Whether both are there and, for scoring, whether the one finds most probable what the other writes greedily. */
  async check(purpose: 'score' | 'generate', signal?: AbortSignal): Promise<ModelCheck[]> {
    const writing = (await this.#writer.check?.('generate', signal)) ?? [];
    if (purpose === 'generate') return writing;
    const scoring = await this.#scorer.check('score', signal);
    const found = [...writing, ...scoring];
    if (found.some(({ status }) => status === 'failed')) return found;
    for (const writer of await this.#writers()) found.push(await this.#compare(writer, signal));
    return found;
  }

  async #compare(writer: DescribedModel, signal: AbortSignal | undefined): Promise<ModelCheck> {
    const name = writer.id;
    try {
      const pairs = await greedyPairs(writer, signal);
      const curves = await this.#scorer.score(pairs, { signal });
      const tokens = curves.reduce((sum, curve) => sum + curve.tokens, 0);
      if (tokens === 0) return { name, status: 'warning', detail: 'wrote nothing that could be scored' };
      const below = curves.reduce((sum, curve) => sum - curveData(curve).gap, 0) / tokens;
      if (below <= TOLERANCE) {
        const detail = `writes what ${this.#scorer.id} finds most probable (within ${below.toFixed(3)} nats per token)`;
        return { name, status: 'ok', detail };
      }
      const detail = `writes tokens greedily that lie ${below.toFixed(2)} nats per token below the most probable ones by ${this.#scorer.id}: the two serve other weights, or the tokenizer here is not theirs; start both with one model`;
      return { name, status: 'failed', detail };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ModelError)) throw error;
      return { name, status: 'warning', detail: `was not compared with ${this.#scorer.id}: ${error.message}` };
    }
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#scorer.close();
  }
}

/** Texts that a model writes greedily, as pairs to score. */
async function greedyPairs(writer: DescribedModel, signal: AbortSignal | undefined): Promise<ScoreRequest[]> {
  const prompts = PROMPTS.map((text) => ({ text }));
  const asked = prompts.map((prompt, row) => ({ prompt, temperature: 0, maxTokens: WRITTEN, seed: 0, row }));
  const pairs: ScoreRequest[] = [];
  for await (const { index, text } of writer.generate(asked, { signal })) {
    pairs.push({ prompt: prompts[index] ?? { text: '' }, completion: text, endOfTurn: false });
  }
  return pairs;
}
