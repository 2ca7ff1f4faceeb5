import { borrowKernel, zeros, type Kernel, type Matrix } from '@mixture-of-personas/numeric';

import { GRAM_WASM } from './gram-bytes.js';
import { GRAM_FMA_WASM } from './gram-fma-bytes.js';

interface GramKernel {
  pack32(...places: GramPlaces): void;
  pack64(...places: GramPlaces): void;
  addGram(panels: number, s: number, rows: number, d: number, capacity: number): void;
}

type GramPlaces = [
  stage: number,
  mean: number,
  scales: number,
  sums: number,
  panels: number,
  rows: number,
  d: number,
  capacity: number,
];

/** Mean and scatter of a set: enough for its covariance. */
export interface Scatter {
  /** d numbers: Σ w x / Σ w, w the rows' weights (1 each where none are given). */
  readonly mean: Float64Array;
  /** d × d, symmetric: Σ w (x − mean)(x − mean)ᵀ. */
  readonly scatter: Matrix<Float64Array>;
}

/** Rows packed at a time: a panel of four columns is then 4 KiB, and all panels of 768 columns fit the second-level cache. */
const CHUNK = 128;

/**
 * Mean and scatter in float64, centred before anything is squared, half of n d² multiply–adds. One pass: rows are summed about the mean of a few of
 * them, and what that was off is found on the way and taken off again; where it was far off, there is a second pass about the mean itself.
 * @param set n × d, of either precision
 * @param weights n numbers ≥ 0; rows of weight 0 are skipped
 */
export function scatterOf(set: Matrix, weights?: ArrayLike<number>): Scatter {
  const chunks = chunksOf(set, weights);
  const arena = Arena.open(set);
  const total = weights ? sumOf(weights) : set.rows;
  return arena ? arena.scatter(chunks, total) : plainScatter(chunks, set.cols, total);
}

/** XᵀX: the scatter about 0. */
export function gramOf(set: Matrix): Matrix<Float64Array> {
  const chunks = chunksOf(set);
  const arena = Arena.open(set);
  return arena ? arena.gram(chunks) : plainScatter(chunks, set.cols, 0).scatter;
}

/** Consecutive rows that count, with the root of their weight. */
interface Chunk {
  readonly data: Float32Array | Float64Array;
  readonly scales: Float64Array;
}

function chunksOf({ data, rows, cols }: Matrix, weights?: ArrayLike<number>): Chunk[] {
  const chunks: Chunk[] = [];
  if (!weights) {
    for (let from = 0; from < rows; from += CHUNK) {
      const to = Math.min(rows, from + CHUNK);
      chunks.push({ data: data.subarray(from * cols, to * cols), scales: new Float64Array(to - from).fill(1) });
    }
    return chunks;
  }
  const drawn = Array.from({ length: rows }, (_, i) => i).filter((i) => weights[i] > 0);
  for (let from = 0; from < drawn.length; from += CHUNK) {
    const some = drawn.slice(from, from + CHUNK);
    const gathered =
      data instanceof Float32Array ? new Float32Array(some.length * cols) : new Float64Array(some.length * cols);
    some.forEach((i, r) => gathered.set(data.subarray(i * cols, (i + 1) * cols), r * cols));
    chunks.push({ data: gathered, scales: Float64Array.from(some, (i) => Math.sqrt(weights[i])) });
  }
  return chunks;
}

/** The kernel's memory: staged rows, mean, sums, scales, panels and S, columns padded with zeros to a multiple of four. */
class Arena {
  private readonly kernel: Kernel<GramKernel>;
  private readonly cols: number;
  private readonly width: number;
  private readonly single: boolean;

  private constructor(kernel: Kernel<GramKernel>, set: Matrix, width: number) {
    this.kernel = kernel;
    this.cols = set.cols;
    this.width = width;
    this.single = set.data instanceof Float32Array;
  }

  static open(set: Matrix): Arena | null {
    const width = Math.ceil(set.cols / 4) * 4;
    const bytes = placesOf(width).end;
    // Fused multiply–add first (Node ≥ 22): 24 instead of 20 GFLOP/s.
    const kernel = borrowKernel<GramKernel>(GRAM_FMA_WASM, bytes) ?? borrowKernel<GramKernel>(GRAM_WASM, bytes);
    return kernel && new Arena(kernel, set, width);
  }

  private stage({ data, scales }: Chunk): number {
    const places = placesOf(this.width);
    const rows = scales.length;
    const { buffer } = this.kernel;
    const length = rows * this.width;
    const view = this.single
      ? new Float32Array(buffer, places.stage, length)
      : new Float64Array(buffer, places.stage, length);
    if (this.width === this.cols) view.set(data);
    else for (let r = 0; r < rows; r++) view.set(data.subarray(r * this.cols, (r + 1) * this.cols), r * this.width);
    new Float64Array(this.kernel.buffer, places.scales, rows).set(scales);
    return rows;
  }

  private numbers(at: number, length: number = this.width): Float64Array {
    return new Float64Array(this.kernel.buffer, at, length);
  }

  scatter(chunks: readonly Chunk[], total: number): Scatter {
    const mean = new Float64Array(this.width);
    mean.set(roughMean(chunks, this.cols));
    for (let attempt = 0; ; attempt++) {
      const { mean: at, sums, s } = placesOf(this.width);
      this.numbers(at).set(mean);
      const scatter = this.gram(chunks);
      const left = this.numbers(sums).map((sum) => sum / total);
      if (attempt > 0 || isNear(mean, left, scatter, total)) {
        return corrected(mean.subarray(0, this.cols), left, scatter, total);
      }
      for (let j = 0; j < mean.length; j++) mean[j] += left[j];
      this.numbers(sums).fill(0);
      this.numbers(s, this.width * this.width).fill(0);
    }
  }

  /** Σ w (x − mean)(x − mean)ᵀ for the mean in memory; Σ w (x − mean) is left in `sums`. */
  gram(chunks: readonly Chunk[]): Matrix<Float64Array> {
    const { call } = this.kernel;
    const { stage, mean, scales, sums, panels, s } = placesOf(this.width);
    for (const chunk of chunks) {
      const rows = this.stage(chunk);
      const places: GramPlaces = [stage, mean, scales, sums, panels, rows, this.width, CHUNK];
      if (this.single) call.pack32(...places);
      else call.pack64(...places);
      call.addGram(panels, s, rows, this.width, CHUNK);
    }
    return mirrored(this.numbers(s, this.width * this.width), this.width, this.cols);
  }
}

/** Rows of a chunk that a rough mean looks at. */
const GLANCE = 8;

/** The mean of a few rows of each chunk: all of a small set's. */
function roughMean(chunks: readonly Chunk[], cols: number): Float64Array {
  const mean = new Float64Array(cols);
  let seen = 0;
  for (const { data, scales } of chunks) {
    const step = chunks.length === 1 ? 1 : Math.ceil(scales.length / GLANCE);
    for (let r = 0; r < scales.length; r += step, seen++) {
      for (let j = 0; j < cols; j++) mean[j] += data[r * cols + j];
    }
  }
  return mean.map((sum) => sum / Math.max(1, seen));
}

/**
 * Whether the rough mean was good enough: less than a tenth of what was summed about it is its own distance to the mean, so that no digit is lost when that
 * is taken off.
 */
function isNear(mean: Float64Array, left: Float64Array, { data, cols }: Matrix<Float64Array>, total: number): boolean {
  for (let j = 0; j < cols; j++) {
    const off = left[j] * left[j];
    if (10 * total * off > data[j * cols + j] && Math.abs(left[j]) > 1e-12 * Math.abs(mean[j])) return false;
  }
  return true;
}

function placesOf(width: number): Record<'stage' | 'mean' | 'scales' | 'sums' | 'panels' | 's' | 'end', number> {
  const mean = 16 + CHUNK * width * 8;
  const sums = mean + width * 8;
  const scales = sums + width * 8;
  const panels = scales + CHUNK * 8;
  const s = panels + CHUNK * width * 8;
  return { stage: 16, mean, sums, scales, panels, s, end: s + width * width * 8 };
}

/** The leading d × d of a square whose upper triangle is known, as a full symmetric matrix. */
function mirrored(upper: Float64Array, width: number, d: number): Matrix<Float64Array> {
  const out = zeros(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = i; j < d; j++) out.data[i * d + j] = out.data[j * d + i] = upper[i * width + j];
  }
  return out;
}

/** Takes off what was left of the mean: S − W r rᵀ about mean + r. */
function corrected(mean: Float64Array, left: Float64Array, scatter: Matrix<Float64Array>, total: number): Scatter {
  const d = mean.length;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) scatter.data[i * d + j] -= total * left[i] * left[j];
  }
  return { mean: mean.map((value, j) => value + left[j]), scatter };
}

function addWeighted(sums: Float64Array, { data, scales }: Chunk, cols: number): void {
  scales.forEach((scale, r) => {
    for (let j = 0; j < cols; j++) sums[j] += scale * scale * data[r * cols + j];
  });
}

/** The same by plain loops; about 0 when total is 0. */
function plainScatter(chunks: readonly Chunk[], d: number, total: number): Scatter {
  const mean = new Float64Array(d);
  if (total > 0) for (const chunk of chunks) addWeighted(mean, chunk, d);
  for (let j = 0; j < d; j++) mean[j] = total > 0 ? mean[j] / total : 0;
  const scatter = zeros(d, d);
  const left = new Float64Array(d);
  const row = new Float64Array(d);
  for (const { data, scales } of chunks) {
    scales.forEach((scale, r) => {
      for (let j = 0; j < d; j++) {
        row[j] = scale * (data[r * d + j] - mean[j]);
        left[j] += scale * row[j];
      }
      for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) scatter.data[i * d + j] += row[i] * row[j];
    });
  }
  return total > 0
    ? corrected(
        mean,
        left.map((sum) => sum / total),
        scatter,
        total,
      )
    : { mean, scatter };
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}
