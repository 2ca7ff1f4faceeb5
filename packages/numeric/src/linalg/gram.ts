import { sumOf, zeros, type Matrix } from '../matrix.js';

import { GramArena } from './gram-arena.js';
import { chunksOf, roughMean, type Chunk } from './row-chunks.js';

/** Mean and scatter of a set: enough for its covariance. */
export interface Scatter {
  /** d numbers: Σ w x / Σ w, w the rows' weights (1 each where none are given). */
  readonly mean: Float64Array;
  /** d × d, symmetric: Σ w (x − mean)(x − mean)ᵀ. */
  readonly scatter: Matrix<Float64Array>;
}

/**
 * Mean and scatter, centered before anything is squared, half of n d² multiply–adds. One pass: rows are summed about the mean of a few of
 * them, and what that was off is found on the way and taken off again; where it was far off, there is a second pass about the mean itself.
 * @param set n × d, of either precision
 * @param weights n numbers ≥ 0; rows of weight 0 are skipped
 */
export function scatterOf(set: Matrix, weights?: ArrayLike<number>): Scatter {
  const chunks = chunksOf(set, weights);
  const total = weights ? sumOf(weights) : set.rows;
  const arena = GramArena.open(set, 'float64');
  return arena ? scatterIn(arena, chunks, { cols: set.cols, total }) : plainScatter(chunks, set.cols, total);
}

/**
 * The same with products and sums of 32 of them in float32, at twice the rate; everything else, and the diagonal, in float64. An entry's error is some
 * 4e-8 / √n of what its two columns spread, as rounding averages out over rows.
 * @param set n × d, float32
 * @returns null without WebAssembly SIMD
 */
export function quickScatterOf(set: Matrix, weights?: ArrayLike<number>): Scatter | null {
  const arena = GramArena.open(set, 'float32');
  const total = weights ? sumOf(weights) : set.rows;
  return arena && scatterIn(arena, chunksOf(set, weights), { cols: set.cols, total });
}

/** XᵀX in float64: the scatter about 0. */
export function gramOf(set: Matrix): Matrix<Float64Array> {
  const chunks = chunksOf(set);
  return GramArena.open(set, 'float64')?.gram(chunks).scatter ?? plainScatter(chunks, set.cols, 0).scatter;
}

function scatterIn(
  arena: GramArena,
  chunks: readonly Chunk[],
  { cols, total }: { readonly cols: number; readonly total: number },
): Scatter {
  const mean = new Float64Array(arena.width);
  mean.set(roughMean(chunks, cols));
  for (let attempt = 0; ; attempt++) {
    const { scatter, sums } = arena.gram(chunks, mean);
    const left = sums.map((sum) => sum / total);
    if (attempt > 0 || isNear(mean, left, scatter, total)) {
      return corrected(mean.subarray(0, cols), left, scatter, total);
    }
    for (let j = 0; j < mean.length; j++) mean[j] += left[j];
  }
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

/** Takes off what was left of the mean: S − W r rᵀ about mean + r. */
function corrected(mean: Float64Array, left: Float64Array, scatter: Matrix<Float64Array>, total: number): Scatter {
  const d = mean.length;
  for (let i = 0; i < d; i++) {
    const factor = total * left[i];
    for (let j = 0; j < d; j++) scatter.data[i * d + j] -= factor * left[j];
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
  if (total === 0) return { mean, scatter };
  for (let j = 0; j < d; j++) left[j] /= total;
  return corrected(mean, left, scatter, total);
}
