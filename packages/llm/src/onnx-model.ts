import { availableParallelism } from 'node:os';
import { openCausalSession, type CausalSession } from './onnx/causal-session.js';
import { locateModel } from './files/hub.js';
import type {
  CallOptions,
  GenerateRequest,
  Generation,
  Measure,
  ScoreCurve,
  ScoreRequest,
} from './model/language-model.js';
import { fingerprintOf, type DescribedModel, type ModelDescription } from './model/model-description.js';
import { readModelFolder } from './files/model-folder.js';
import type { OpenOptions } from './open-options.js';
import { PairScorer } from './scoring/pair-scorer.js';
import { OpenModel } from './model/open-model.js';
import { comparePrompts } from './model/prompt-order.js';
import { emptyCurve } from './scoring/score-curve.js';
import { checkGenerateRequest, TextSampler, type TokenizedPrompt } from './sampling/text-sampler.js';
import { measurePair } from './tokenizing/measure.js';
import { requireKnown, requireRoom, tokenizePairs, type ModelLimits } from './tokenizing/tokenized-pairs.js';
import { openTokenizer, type Tokenizer } from './tokenizing/tokenizer.js';

const BATCH = 32;

type OnnxParts = { readonly session: CausalSession; readonly tokenizer: Tokenizer; readonly batch: number };

class OnnxModel extends OpenModel implements DescribedModel {
  readonly #parts: OnnxParts;
  readonly #scorer: PairScorer;
  #scoring: Promise<unknown> = Promise.resolve();
  #released: Promise<void> | undefined;

  constructor(id: string, description: ModelDescription, parts: OnnxParts) {
    super(id, description);
    this.#parts = parts;
    this.#scorer = new PairScorer(parts.session);
  }

  get #limits(): ModelLimits {
    return { id: this.id, contextTokens: this.description.contextTokens, vocabulary: this.#parts.session.vocabulary };
  }

  async score(requests: readonly ScoreRequest[], options: CallOptions = {}): Promise<ScoreCurve[]> {
    this.requireOpen();
    const turn = this.#scoring.then(() => this.#scoreNow(requests, options));
    this.#scoring = turn.catch(() => undefined); // calls share one cache, so they take turns
    return turn;
  }

  async #scoreNow(requests: readonly ScoreRequest[], { signal, onProgress }: CallOptions): Promise<ScoreCurve[]> {
    const pairs = tokenizePairs(this.#parts.tokenizer, requests, this.#limits);
    const curves = new Array<ScoreCurve>(requests.length).fill(emptyCurve());
    let done = requests.length - pairs.length;
    signal?.throwIfAborted();
    for await (const [index, curve] of this.#scorer.score(pairs)) {
      curves[index] = curve;
      this.scoringPasses += 1;
      onProgress?.(++done, requests.length);
      signal?.throwIfAborted();
    }
    return curves;
  }

  measure(request: ScoreRequest): Measure {
    return measurePair(this.#parts.tokenizer, request, this.description.contextTokens);
  }

  async *generate(requests: readonly GenerateRequest[], options: CallOptions = {}): AsyncGenerator<Generation> {
    this.requireOpen();
    requests.forEach(checkGenerateRequest);
    if (requests.length === 0) return;
    const prompts = requests.map((request, index) => this.#tokenizePrompt(request, index));
    prompts.sort((a, b) => comparePrompts(a.request.prompt, b.request.prompt));
    const lengths = prompts.map(({ prompt, request }) => prompt.length + request.maxTokens);
    const capacity = lengths.reduce((most, length) => Math.max(most, length), 0);
    const batch = Math.min(this.#parts.batch, requests.length);
    const sampler = new TextSampler(this.#parts.session, this.#parts.tokenizer.endTokens, { batch, capacity });
    let done = 0;
    for await (const { index, ids, finish } of sampler.sample(prompts, options.signal)) {
      options.onProgress?.(++done, requests.length);
      yield { index, text: this.#parts.tokenizer.decode(ids), tokens: ids.length + Number(finish === 'end'), finish };
    }
  }

  /** Ids of a prompt; the token limit is lowered to what the model's context leaves. */
  #tokenizePrompt(request: GenerateRequest, index: number): TokenizedPrompt {
    const prompt = this.#parts.tokenizer.encodePrompt(request.prompt);
    requireRoom(`Request ${index}`, prompt.length + 1, this.#limits);
    requireKnown([prompt], this.#parts.session.vocabulary);
    const room = (this.description.contextTokens ?? Infinity) - prompt.length;
    return { index, prompt, request: { ...request, maxTokens: Math.min(request.maxTokens, room) } };
  }

  override async close(): Promise<void> {
    await super.close();
    await this.#scoring;
    await (this.#released ??= this.#parts.session.release());
  }
}

/**
 * Opens a causal language model in the Hugging Face ONNX layout.
 * @param which `source` is a folder or a hub id; `id` and `model` are what manifests call it
 * @throws ModelError with the reason as `code`
 */
export async function openOnnxModel(
  which: { readonly id: string; readonly model: string; readonly source: string; readonly file?: string | undefined },
  options: OpenOptions,
): Promise<DescribedModel> {
  const { threads = Math.min(8, availableParallelism()), batch = BATCH, weights } = options;
  const wanted = { format: weights, file: which.file };
  const folder = await readModelFolder(await locateModel(which.source, wanted, options), wanted);
  const tokenizer = await openTokenizer(folder, options);
  const session = await openCausalSession(folder, threads);
  const { files, contextTokens } = folder;
  const { prompting } = tokenizer;
  const description: ModelDescription = {
    engine: 'onnx',
    model: which.model,
    files,
    fingerprint: fingerprintOf(folder.fingerprint, prompting),
    threads,
    device: 'cpu',
    contextTokens,
    prompting,
  };
  return new OnnxModel(which.id, description, { session, tokenizer, batch });
}
