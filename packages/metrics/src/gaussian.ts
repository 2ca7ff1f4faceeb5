import { rowOf, takeRows, toFloat64, unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { triangularFactor } from './cholesky.js';
import { choleskyFast } from './dense.js';
import { quickScatterOf, scatterOf, type Scatter } from './gram.js';

/**
 * Mean and covariance of a set, the covariance as a factor F with Σ = Fᵀ F: what `frechetDistance` needs of a set. Computed once, it
 * can be compared with many others.
 */
export interface Gaussian {
  /** d numbers. */
  readonly mean: Float64Array;
  /** r × d, r ≤ d or r ≤ n − 1. */
  readonly factor: Matrix<Float64Array>;
  /** tr Σ. */
  readonly trace: number;
}

/**
 * The Gaussian of a set: Σ = (X − μ)ᵀ (X − μ) / (n − 1). With n ≤ d the centred rows themselves are the factor; with more rows it is the
 * Cholesky factor of Σ. In float64, and centred before anything is squared; products of many float32 rows in float32 where that costs no digit
 * that counts (decision 0055).
 * @param set n × d, n ≥ 2
 * @param normalize scale rows to unit length first
 */
export function gaussianOf(set: Matrix, normalize = false): Gaussian {
  const rows = normalize ? unitRows(toFloat64(set)) : set;
  if (set.rows > set.cols) return quickGaussian(rows, set.rows) ?? gaussianOfScatter(scatterOf(rows), set.rows);
  const { mean, rows: factor } = centred(rows);
  return gaussianOfRows(mean, factor, new Float64Array(set.rows).fill(1 / (set.rows - 1)));
}

/**
 * The Gaussian of a resampled set: row i counts `counts[i]` times. Only rows drawn at least once are touched.
 * @param set n × d
 * @param counts n whole numbers with sum n
 */
export function resampledGaussian(set: Matrix, counts: Int32Array): Gaussian {
  const n = set.rows;
  const drawn = Int32Array.from(counts.keys()).filter((i) => counts[i] > 0);
  if (drawn.length > set.cols) return quickGaussian(set, n, counts) ?? gaussianOfScatter(scatterOf(set, counts), n);
  const rows = toFloat64(takeRows(set, drawn));
  const mean = new Float64Array(set.cols);
  drawn.forEach((i, r) => rowOf(rows, r).forEach((value, j) => (mean[j] += (counts[i] / n) * value)));
  drawn.forEach((_, r) => rowOf(rows, r).forEach((value, j, row) => (row[j] = value - mean[j])));
  return gaussianOfRows(
    mean,
    rows,
    Float64Array.from(drawn, (i) => counts[i] / (n - 1)),
  );
}

/** Rows over which the rounding of float32 products averages out to 1e-9 of what the columns spread. */
const MANY = 2000;
/** Pivots below this share of their diagonal entry feel that rounding: nearly dependent columns go through float64. */
const ROUGH_PIVOT = 1e-4;

/** By float32 products; null where these will not do. */
function quickGaussian(set: Matrix, n: number, weights?: Int32Array): Gaussian | null {
  if (n < MANY || !(set.data instanceof Float32Array)) return null;
  const found = quickScatterOf(set, weights);
  if (!found) return null;
  const covariance = covarianceOf(found, n);
  const trace = traceOf(covariance);
  const factor = choleskyFast(covariance, ROUGH_PIVOT, covariance.data);
  return factor ? { mean: found.mean, factor, trace } : null;
}

function gaussianOfScatter(scatter: Scatter, n: number): Gaussian {
  return gaussianFrom(scatter.mean, covarianceOf(scatter, n));
}

/** Written over the scatter. */
function covarianceOf({ scatter }: Scatter, n: number): Matrix<Float64Array> {
  for (let at = 0; at < scatter.data.length; at++) scatter.data[at] /= n - 1;
  return scatter;
}

function traceOf({ data, rows, cols }: Matrix<Float64Array>): number {
  let trace = 0;
  for (let i = 0; i < rows; i++) trace += data[i * cols + i];
  return trace;
}

/** From centred rows, which are written over: each is scaled by the root of its weight. */
function gaussianOfRows(mean: Float64Array, rows: Matrix<Float64Array>, weights: Float64Array): Gaussian {
  let trace = 0;
  weights.forEach((weight, r) => {
    const row = rowOf(rows, r);
    for (let j = 0; j < row.length; j++) {
      row[j] *= Math.sqrt(weight);
      trace += row[j] * row[j];
    }
  });
  return { mean, factor: rows, trace };
}

/**
 * The Gaussian given by its mean and covariance matrix.
 * @param covariance d × d, symmetric, positive semi-definite
 */
export function gaussianFrom(mean: ArrayLike<number>, covariance: Matrix<Float64Array>): Gaussian {
  return { mean: Float64Array.from(mean), factor: triangularFactor(covariance), trace: traceOf(covariance) };
}

/** Column means, and the rows less their mean as a new float64 matrix. The mean is corrected once for the rounding of its first pass. */
export function centred(set: Matrix): { mean: Float64Array; rows: Matrix<Float64Array> } {
  const { rows, cols } = set;
  const data = Float64Array.from(set.data);
  const mean = new Float64Array(cols);
  for (let pass = 0; pass < 2; pass++) {
    const shift = new Float64Array(cols);
    for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) shift[j] += data[i * cols + j];
    for (let j = 0; j < cols; j++) mean[j] += shift[j] /= rows;
    for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) data[i * cols + j] -= shift[j];
  }
  return { mean, rows: { data, rows, cols } };
}
