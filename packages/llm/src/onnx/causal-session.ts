import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelError } from '../model/errors.js';
import { KeyValueCache, type CacheTensor } from './key-value-cache.js';
import type { ModelFolder } from '../files/model-folder.js';
import { POSITIONS_INPUT, selectPositions, UNREAD_OUTPUT } from './onnx-graph.js';
import { loadOnnx, openSession, reasonOf, type Onnx } from '@mixture-of-personas/models';

/** One pass: `past.length` rows of equally many new tokens after each row's own past. */
export interface Pass {
  /** New token ids, rows × length, row-major. More than one row only when length is 1. */
  readonly tokens: Int32Array;
  /** Tokens of each row that the cache holds already. */
  readonly past: readonly number[];
  /** Flat positions (row · length + column) whose logits are wanted. */
  readonly positions: readonly number[];
  /** Receives them, positions × vocabulary. */
  readonly logits: Float32Array;
}

/** Number of last positions that get logits, in some exports; 0 is all of them, and ours are chosen among these. */
const KEEP_INPUTS = ['num_logits_to_keep', 'logits_to_keep'];
const KNOWN_INPUTS = new Set(['input_ids', 'attention_mask', 'position_ids', POSITIONS_INPUT, ...KEEP_INPUTS]);

/** A causal language model's graph, run with a cache of our own and logits written where we say. */
export class CausalSession {
  readonly vocabulary: number;
  readonly layout: readonly CacheTensor[];
  /** Whether new keys and values are written in place; else they are copied out and in around each pass. */
  readonly sharesCache: boolean;
  readonly #onnx: Onnx;
  readonly #session: InferenceSession;

  constructor(onnx: Onnx, session: InferenceSession, sharesCache: boolean) {
    this.#onnx = onnx;
    this.#session = session;
    this.sharesCache = sharesCache;
    this.layout = cacheLayout(session);
    this.vocabulary = vocabularyOf(session);
    const unknown = session.inputNames.find((name) => !KNOWN_INPUTS.has(name) && !name.startsWith('past_key_values.'));
    if (unknown !== undefined) throw unsupported(`wants an input "${unknown}" that this engine does not know`);
  }

  /** An empty cache of `rows` sequences of at most `capacity` tokens. */
  newCache(rows: number, capacity: number): KeyValueCache {
    return new KeyValueCache(this.#onnx, this.layout, { rows, capacity });
  }

  /**
   * Runs one pass and leaves the new tokens' keys and values in the cache.
   * @throws ModelError `failed` when the engine refuses
   */
  async run(cache: KeyValueCache, pass: Pass): Promise<void> {
    try {
      if (this.sharesCache) await this.#runInPlace(cache, pass);
      else await this.#runByRow(cache, pass);
    } catch (error) {
      const problem = `The model failed while running (${reasonOf(error)})`;
      const advice = 'it may not be a causal language model with a key/value cache';
      throw new ModelError('failed', `${problem}; ${advice}.`, { cause: error });
    }
  }

  async #runInPlace(cache: KeyValueCache, pass: Pass): Promise<void> {
    const feeds = this.#inputs(pass);
    const fetches: Record<string, Tensor | null> = { [UNREAD_OUTPUT]: null, ...this.#logits(pass) };
    cache.layout.forEach(({ past, present }, i) => {
      const tensor = cache.tensors[i] as Tensor;
      feeds[past] = tensor;
      fetches[present] = tensor;
    });
    try {
      await this.#session.run(feeds, fetches);
    } catch (error) {
      // The pass ran to its end; only the conversion of its outputs, which lie in our memory already, was given up.
      if (!reasonOf(error).startsWith('Non tensor type')) throw error;
    }
  }

  /** For graphs that append to their past: a row at a time, its past copied out before and the new part copied in after. */
  async #runByRow(cache: KeyValueCache, pass: Pass): Promise<void> {
    const rows = pass.past.length;
    const length = pass.tokens.length / rows;
    for (let row = 0, done = 0; row < rows; row++) {
      const own = pass.positions.filter((position) => Math.floor(position / length) === row);
      const one: Pass = {
        tokens: pass.tokens.subarray(row * length, (row + 1) * length),
        past: pass.past.slice(row, row + 1),
        positions: own.map((position) => position - row * length),
        logits: pass.logits.subarray(done * this.vocabulary, (done + own.length) * this.vocabulary),
      };
      done += own.length;
      await this.#runAppending(rows === 1 ? cache : cache.view(row, 1), one);
    }
  }

  async #runAppending(cache: KeyValueCache, pass: Pass): Promise<void> {
    const before = pass.past[0] ?? 0;
    const feeds = this.#inputs(pass);
    cache.compact(before).forEach((tensor, i) => {
      feeds[(cache.layout[i] as CacheTensor).past] = tensor;
    });
    const fetches: Record<string, Tensor | null> = this.#logits(pass);
    for (const { present } of cache.layout) fetches[present] = null;
    const out = await this.#session.run(feeds, fetches);
    cache.layout.forEach(({ present }, i) => {
      cache.absorb(i, out[present] as Tensor, before, before + pass.tokens.length);
    });
  }

  #logits({ positions, logits }: Pass): Record<string, Tensor> {
    if (positions.length === 0) return {};
    return { logits: new this.#onnx.Tensor('float32', logits, [1, positions.length, this.vocabulary]) };
  }

  #inputs({ tokens, past, positions }: Pass): Record<string, Tensor> {
    const rows = past.length;
    const length = tokens.length / rows;
    const total = Math.max(...past) + length;
    const mask = new BigInt64Array(rows * total);
    past.forEach((before, row) => mask.fill(1n, row * total, row * total + before + length));
    const feeds: Record<string, Tensor> = {
      input_ids: this.#integers(BigInt64Array.from(tokens, BigInt), [rows, length]),
      attention_mask: this.#integers(mask, [rows, total]),
      [POSITIONS_INPUT]: this.#integers(BigInt64Array.from(positions, BigInt), [positions.length]),
    };
    for (const name of KEEP_INPUTS) {
      const input = this.#session.inputMetadata.find((each) => each.name === name);
      if (input?.isTensor !== true) continue;
      const ones = input.shape.map(() => 1);
      feeds[name] = this.#integers(BigInt64Array.of(0n), ones);
    }
    if (this.#session.inputNames.includes('position_ids')) {
      const places = Array.from(tokens, (_, i) => BigInt((past[Math.floor(i / length)] ?? 0) + (i % length)));
      feeds['position_ids'] = this.#integers(BigInt64Array.from(places), [rows, length]);
    }
    return feeds;
  }

  #integers(data: BigInt64Array, dims: number[]): Tensor {
    return new this.#onnx.Tensor('int64', data, dims);
  }

  /** Frees the weights. */
  async release(): Promise<void> {
    await this.#session.release();
  }
}

function unsupported(what: string): ModelError {
  const advice = 'export it as a causal language model with past (text-generation-with-past)';
  return new ModelError('unsupported', `The model ${what}; ${advice}.`);
}

/** Keys and values the graph takes and gives, in the order of its inputs. */
function cacheLayout(session: InferenceSession): CacheTensor[] {
  const layout = session.inputMetadata
    .filter(({ name }) => name.startsWith('past_key_values.'))
    .map((input) => {
      const present = input.name.replace('past_key_values.', 'present.');
      if (!input.isTensor || !session.outputNames.includes(present))
        throw unsupported(`gives no ${present} for its ${input.name}`);
      const [, heads, , width] = input.shape;
      if (typeof heads !== 'number' || typeof width !== 'number')
        throw unsupported(`does not say how wide ${input.name} is`);
      if (input.type !== 'float32' && input.type !== 'float16')
        throw unsupported(`keeps ${input.name} as ${input.type}`);
      return { past: input.name, present, heads, width, type: input.type };
    });
  if (layout.length === 0) throw unsupported('has no key/value cache');
  return layout;
}

function vocabularyOf(session: InferenceSession): number {
  const output = session.outputMetadata.find(({ name }) => name === 'logits');
  const width = output?.isTensor === true ? output.shape.at(-1) : undefined;
  if (typeof width === 'number' && output?.isTensor === true && output.type === 'float32') return width;
  throw unsupported('does not give float32 logits of a known width');
}

/**
 * Loads a model's graph, edited to compute logits at chosen positions only.
 * @throws ModelError `unsupported` when the file is not a causal language model with a cache
 */
export async function openCausalSession(folder: ModelFolder, threads: number): Promise<CausalSession> {
  const onnx = await loadOnnx();
  const path = resolve(join(folder.path, folder.weights));
  try {
    const graph = selectPositions(await readFile(path));
    if (graph === undefined) throw unsupported('gives no logits');
    const session = await openSession(path, { threads, bytes: graph.bytes });
    return new CausalSession(onnx, session, graph.sharesCache);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const message = `${path} is not an ONNX model that onnxruntime can load; copy it (and its .onnx_data) again.`;
    throw new ModelError('unsupported', message, { cause: error });
  }
}
