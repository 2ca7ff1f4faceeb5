// Lays out the memory of kernels/logits.ts and calls it. Logits are written into that memory by the inference engine itself, so
// a vocabulary-sized row is never copied and never a JavaScript list. Why bins: docs/decisions/0030.
import { loadKernel } from '@mixture-of-personas/numeric/internal';
import { ModelError } from '../model/errors.js';
import { LOGITS_WASM } from './logits-bytes.js';
import { NODE_BETAS, NODES } from './score-curve.js';

const BINS = 4096;
const BINS_PER_UNIT = 64;

interface Exports {
  nodeSums(row: number, n: number, counts: number, table: number, betas: number, sums: number, totals: number): number;
  largest(row: number, n: number): number;
  weigh(row: number, n: number, beta: number, weights: number): number;
  massFrom(weights: number, n: number, floor: number): number;
  compact(weights: number, n: number, floor: number, out: number): number;
  pick(weights: number, n: number, floor: number, target: number): number;
}

/** Rows of logits in WebAssembly memory and what is computed from them. */
export class LogitKernel {
  /** maxRows × vocabulary, row-major: where the engine writes. */
  readonly logits: Float32Array;
  /** Σ_v exp(β_j (z_v − max)) of the row reduced last, NODES numbers. */
  readonly sums: Float64Array;
  readonly vocabulary: number;
  readonly #kernel: Exports;
  readonly #at: Record<
    'table' | 'betas' | 'sums' | 'totals' | 'counts' | 'padded' | 'weights' | 'kept' | 'logits',
    number
  >;
  readonly #padded: Float32Array;

  /**
   * @param vocabulary width of a row
   * @param maxRows rows held at once; 4 bytes × vocabulary each, beside 360 kB fixed
   * @throws ModelError `unsupported` where there is no WebAssembly with SIMD, or not so much memory
   */
  constructor(vocabulary: number, maxRows: number) {
    const width = Math.ceil(vocabulary / 4) * 16;
    const totals = 1024;
    const table = totals + NODES * 8;
    const betas = table + BINS * NODES * 4;
    const sums = betas + NODES * 4;
    const counts = sums + NODES * 4;
    const padded = counts + BINS * 4;
    const weights = padded + width;
    const kept = weights + width;
    const logits = kept + width;
    this.#at = { table, betas, sums, totals, counts, padded, weights, kept, logits };
    const bytes = logits + maxRows * vocabulary * 4 + 16;
    const kernel = loadKernel<Exports>(LOGITS_WASM, bytes);
    if (kernel === null) {
      const needed = `${Math.ceil(bytes / 1e6)} MB of WebAssembly memory with SIMD, which this runtime does not give`;
      const problem = `${maxRows} rows of ${vocabulary} logits need ${needed}`;
      throw new ModelError('unsupported', `${problem}; use Node 20 or newer, or a smaller batch.`);
    }
    this.#kernel = kernel.call;
    this.vocabulary = vocabulary;
    this.logits = new Float32Array(kernel.buffer, logits, maxRows * vocabulary);
    this.sums = new Float64Array(kernel.buffer, totals, NODES);
    this.#padded = new Float32Array(kernel.buffer, padded, width / 4);
    new Float32Array(kernel.buffer, betas, NODES).set(NODE_BETAS);
    // exp(−β_j b / 64), [4096][20]; the last bin holds everything further down and counts for nothing (e^(−25.6) at τ = 2.5).
    const powers = new Float32Array(kernel.buffer, table, BINS * NODES);
    for (let b = 0; b < BINS - 1; b++)
      for (let j = 0; j < NODES; j++) powers[b * NODES + j] = Math.exp((-(NODE_BETAS[j] ?? 0) * b) / BINS_PER_UNIT);
  }

  /** Byte offset of a row whose length is a multiple of four: the row itself, or a copy with −∞ behind it. */
  #row(row: number): number {
    if (this.vocabulary % 4 === 0) return this.#at.logits + row * this.vocabulary * 4;
    this.#padded.fill(-Infinity);
    this.#padded.set(this.logits.subarray(row * this.vocabulary, (row + 1) * this.vocabulary));
    return this.#at.padded;
  }

  /** Fills `sums` from a row and returns its largest logit; not finite when a logit is NaN or +∞. */
  nodeSums(row: number): number {
    const { counts, table, betas, sums, totals } = this.#at;
    return this.#kernel.nodeSums(this.#row(row), this.#padded.length, counts, table, betas, sums, totals);
  }

  /** Index of a row's largest logit, the smallest index on ties; −1 when a logit is NaN. */
  indexOfLargest(row: number): number {
    const top = this.#kernel.largest(this.#row(row), this.#padded.length);
    const values = this.logits.subarray(row * this.vocabulary, (row + 1) * this.vocabulary);
    return values.indexOf(top);
  }

  /**
   * A token drawn from softmax(z / τ) cut to its nucleus.
   * @param row which of the rows held
   * @param how `temperature` τ > 0; `uniform` in [0, 1); `topP`: the nucleus is the smallest set of most probable tokens with at least
   * this share, ties at its edge included
   * @returns the token; −1 when a logit is NaN or +∞
   */
  draw(row: number, how: { temperature: number; topP: number; uniform: number }): number {
    const { temperature, topP, uniform } = how;
    const { weights } = this.#at;
    const n = this.#padded.length;
    const top = this.#kernel.weigh(this.#row(row), n, 1 / temperature, weights);
    if (!Number.isFinite(top)) return -1;
    const total = this.#kernel.massFrom(weights, n, 0);
    const floor = topP < 1 ? this.#nucleusFloor(total, topP) : 0;
    const mass = floor > 0 ? this.#kernel.massFrom(weights, n, floor) : total;
    return this.#kernel.pick(weights, n, floor, uniform * mass);
  }

  /**
   * The largest weight w with Σ of the weights ≥ w at least topP · total: bisection over the bits of a float32, which order like it.
   * Weights below (1 − topP) · total / vocabulary sum to less than what is cut, so only those above are looked at.
   */
  #nucleusFloor(total: number, topP: number): number {
    const { weights, kept } = this.#at;
    const least = Math.fround(((1 - topP) * total) / this.vocabulary / 2);
    const n = this.#kernel.compact(weights, this.#padded.length, least, kept);
    const bits = new Uint32Array(1);
    const value = new Float32Array(bits.buffer);
    value[0] = least;
    let low = bits[0] ?? 0;
    let high = 0x3f800001; // just above weight 1: nothing is kept
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      bits[0] = middle;
      if (this.#kernel.massFrom(kept, n, value[0] ?? 0) >= topP * total) low = middle;
      else high = middle;
    }
    bits[0] = low;
    return value[0] ?? 0;
  }
}
