import { curveKey, widthKey } from './curve-record.js';
import type { ScoreStore, StoreEntry } from './curve-store.js';
import type { CallOptions, LanguageModel, Measure, ScoreCurve, ScoreRequest } from '../model/language-model.js';
import { comparePrompts } from '../model/prompt-order.js';
import { ChebyshevCurve, curveData, TEMPERATURE_RANGE, type CurveData } from '../scoring/score-curve.js';

/** Pairs given to a model at a time unless it wants more: whose tokens are held, and what a kill can lose of one that is silent in between. */
const CHUNK = 256;
/** Pairs per call for each that the model works on at a time. */
const CALLS = 16;

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
  readonly id: string;
  readonly fingerprint: string;
  readonly inFlight: number | undefined;
  readonly temperatures: readonly [number, number];
  readonly #model: LanguageModel;
  readonly #store: ScoreStore;

  constructor(model: LanguageModel, store: ScoreStore) {
    this.id = model.id;
    this.fingerprint = model.fingerprint;
    this.inFlight = model.inFlight;
    this.temperatures = model.temperatures ?? TEMPERATURE_RANGE;
    this.#model = model;
    this.#store = store;
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
    const { inFlight = CHUNK / CALLS } = this.#model;
    const size = CALLS * inFlight;
    for (let at = 0; at < pending.length; at += size) {
      const chunk = pending.slice(at, at + size);
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
      if (stored !== undefined) curves[index] = new ChebyshevCurve(this.#withWidth(key, stored), this.temperatures);
      else if (twin !== undefined) twin.indices.push(index);
      else pending.set(name, { key, request, indices: [index] });
    });
    this.hits += requests.length - pending.size;
    return [...pending.values()].sort((a, b) => comparePrompts(a.request.prompt, b.request.prompt));
  }

  /** A server's curve with what is kept of its width. */
  #withWidth(key: Buffer, curve: CurveData): CurveData {
    const width = this.#model.temperatures === undefined ? undefined : this.#store.get(widthKey(key));
    return width === undefined ? curve : { ...curve, difference: width.coefficients };
  }

  async #scoreChunk(chunk: readonly Pending[], options: CallOptions): Promise<ScoreCurve[]> {
    const requests = chunk.map(({ request }) => request);
    const arriving = arrivingIn(this.#store);
    const arrived = new Set<number>();
    const keep = (index: number, curve: ScoreCurve): void => {
      arrived.add(index);
      const { key } = chunk[index] as Pending;
      const data = curveData(curve);
      const { tokens, difference: coefficients } = data;
      // Before the curve: a kill in between leaves no curve that seems exact.
      if (coefficients !== undefined) arriving.add({ key: widthKey(key), curve: { tokens, gap: 0, coefficients } });
      arriving.add({ key, curve: data });
    };
    try {
      const scored = await this.#model.score(requests, { ...options, onCurve: keep });
      scored.forEach((curve, index) => {
        if (!arrived.has(index)) keep(index, curve);
      });
      this.misses += chunk.length;
      return scored.map((curve) => new ChebyshevCurve(curveData(curve), this.temperatures));
    } finally {
      await arriving.settled(); // what was answered before a failure is kept
    }
  }

  readonly generate: LanguageModel['generate'] = (requests, options) => this.#model.generate(requests, options);
  readonly measure = (request: ScoreRequest): Measure | undefined => this.#model.measure?.(request);

  async close(): Promise<void> {
    await this.#store.close();
    await this.#model.close();
  }
}

/** Writes curves as they arrive: what comes during one write goes out with the next, so a kill loses only what is in the air. */
function arrivingIn(store: ScoreStore): { add: (entry: StoreEntry) => void; settled: () => Promise<void> } {
  const waiting: StoreEntry[] = [];
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    while (waiting.length > 0) await store.append(waiting.splice(0));
    writing = undefined; // after a failure it stays, so that nothing more is written and `settled` tells
  };
  const add = (entry: StoreEntry): void => {
    waiting.push(entry);
    writing ??= write();
    writing.catch(() => undefined);
  };
  return { add, settled: async () => writing };
}

/**
 * The same model with its scores kept in a store: a request seen before, in this run or an earlier one, costs no forward pass.
 * New ones are given to the model 256 at a time (or as many as it wants) and written as they arrive, or after each 256 from a model that gives
 * them together: a killed process loses at most those, a failed call nothing that was scored. `close` closes both.
 */
export function withStore(model: LanguageModel, store: ScoreStore): StoredLanguageModel {
  return new StoredModel(model, store);
}
