import { curveKey } from './curve-record.js';
import type { ScoreStore } from './curve-store.js';
import type {
  CallOptions,
  GenerateRequest,
  Generation,
  LanguageModel,
  ScoreCurve,
  ScoreRequest,
} from './language-model.js';
import { comparePrompts } from './prompt-order.js';
import { ChebyshevCurve, curveData } from './score-curve.js';

/** Pairs scored between two writes: what a kill can lose, and whose tokens are held at a time. */
const CHUNK = 256;

/** A model whose scores are kept on disk and never computed twice. */
export interface StoredLanguageModel extends LanguageModel {
  /** Requests answered without a forward pass: from the store, or because an equal one stood in the same call. */
  readonly hits: number;
  /** Requests that cost a forward pass. */
  readonly misses: number;
}

/** Requests with the same key, asked once. */
interface Pending {
  readonly key: Buffer;
  readonly request: ScoreRequest;
  readonly indices: number[];
}

class StoredModel implements StoredLanguageModel {
  hits = 0;
  misses = 0;
  readonly #model: LanguageModel;
  readonly #store: ScoreStore;

  constructor(model: LanguageModel, store: ScoreStore) {
    this.#model = model;
    this.#store = store;
  }

  get id(): string {
    return this.#model.id;
  }

  get fingerprint(): string {
    return this.#model.fingerprint;
  }

  get scoringPasses(): number {
    return this.#model.scoringPasses;
  }

  async score(requests: readonly ScoreRequest[], options: CallOptions = {}): Promise<ScoreCurve[]> {
    const curves = new Array<ScoreCurve>(requests.length);
    const pending = this.#lookUp(requests, curves);
    const { onProgress } = options;
    let done = requests.length - pending.reduce((sum, { indices }) => sum + indices.length, 0);
    if (done > 0) onProgress?.(done, requests.length);
    for (let at = 0; at < pending.length; at += CHUNK) {
      const chunk = pending.slice(at, at + CHUNK);
      const scored = await this.#scoreChunk(chunk, {
        ...options,
        onProgress: (part) => onProgress?.(done + part, requests.length),
      });
      chunk.forEach(({ indices }, i) => {
        done += indices.length;
        for (const index of indices) curves[index] = scored[i] as ScoreCurve;
      });
      onProgress?.(done, requests.length);
    }
    return curves;
  }

  /** Fills in what the store has and returns the rest, equal requests merged, prompts that begin alike together. */
  #lookUp(requests: readonly ScoreRequest[], curves: ScoreCurve[]): Pending[] {
    const pending = new Map<string, Pending>();
    requests.forEach((request, index) => {
      const key = curveKey(this.fingerprint, request);
      const stored = this.#store.get(key);
      const name = stored === undefined ? key.toString('latin1') : '';
      const twin = pending.get(name);
      if (stored !== undefined) curves[index] = new ChebyshevCurve(stored);
      else if (twin !== undefined) twin.indices.push(index);
      else pending.set(name, { key, request, indices: [index] });
    });
    this.hits += requests.length - pending.size;
    return [...pending.values()].sort((a, b) => comparePrompts(a.request.prompt, b.request.prompt));
  }

  async #scoreChunk(chunk: readonly Pending[], options: CallOptions): Promise<ScoreCurve[]> {
    const scored = await this.#model.score(
      chunk.map(({ request }) => request),
      options,
    );
    const data = scored.map(curveData);
    await this.#store.append(chunk.map(({ key }, i) => ({ key, curve: data[i] as (typeof data)[number] })));
    this.misses += chunk.length;
    return data.map((numbers) => new ChebyshevCurve(numbers));
  }

  generate(requests: readonly GenerateRequest[], options?: CallOptions): AsyncIterable<Generation> {
    return this.#model.generate(requests, options);
  }

  async close(): Promise<void> {
    await this.#store.close();
    await this.#model.close();
  }
}

/**
 * The same model with its scores kept in a store: a request seen before, in this run or an earlier one, costs no forward pass.
 * New ones are scored 256 at a time and written after each 256, so that a killed process loses at most those. `close` closes both.
 */
export function withStore(model: LanguageModel, store: ScoreStore): StoredLanguageModel {
  return new StoredModel(model, store);
}
