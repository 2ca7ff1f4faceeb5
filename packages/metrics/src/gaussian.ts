import { multiplyByTranspose, takeRows, toFloat64, unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { triangularFactor } from './cholesky.js';
import { transposed } from './transposed.js';

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
 * Cholesky factor of Σ. Everything in float64, and centred before anything is squared.
 * @param set n × d, n ≥ 2
 * @param normalize scale rows to unit length first
 */
export function gaussianOf(set: Matrix, normalize = false): Gaussian {
  const { mean, rows } = centred(normalize ? unitRows(toFloat64(set)) : set);
  const scale = 1 / Math.sqrt(set.rows - 1);
  for (let i = 0; i < rows.data.length; i++) rows.data[i] *= scale;
  let trace = 0;
  for (const value of rows.data) trace += value * value;
  return { mean, factor: factorOf(rows), trace };
}

/**
 * The Gaussian of a resampled set: row i counts `counts[i]` times. Only rows drawn at least once are touched.
 * @param set n × d
 * @param counts n whole numbers with sum n
 */
export function resampledGaussian(set: Matrix<Float64Array>, counts: Int32Array): Gaussian {
  const { cols: d, rows: n } = set;
  const drawn = Int32Array.from(counts.keys()).filter((i) => counts[i] > 0);
  const rows = takeRows(set, drawn);
  const mean = new Float64Array(d);
  drawn.forEach((i, at) => {
    for (let j = 0; j < d; j++) mean[j] += (counts[i] / n) * rows.data[at * d + j];
  });
  let trace = 0;
  drawn.forEach((i, at) => {
    const weight = Math.sqrt(counts[i] / (n - 1));
    for (let j = at * d; j < (at + 1) * d; j++) {
      rows.data[j] = (rows.data[j] - mean[j - at * d]) * weight;
      trace += rows.data[j] * rows.data[j];
    }
  });
  return { mean, factor: factorOf(rows), trace };
}

/** The rows themselves while there are no more of them than columns, else the triangular factor of their Gram matrix. */
function factorOf(rows: Matrix<Float64Array>): Matrix<Float64Array> {
  return rows.rows <= rows.cols ? rows : triangularFactor(gramOf(rows));
}

/**
 * The Gaussian given by its mean and covariance matrix.
 * @param covariance d × d, symmetric, positive semi-definite
 */
export function gaussianFrom(mean: ArrayLike<number>, covariance: Matrix<Float64Array>): Gaussian {
  let trace = 0;
  for (let i = 0; i < covariance.rows; i++) trace += covariance.data[i * covariance.cols + i];
  return { mean: Float64Array.from(mean), factor: triangularFactor(covariance), trace };
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

/** XᵀX. */
export function gramOf(x: Matrix<Float64Array>): Matrix<Float64Array> {
  const columns = transposed(x);
  return multiplyByTranspose(columns, columns);
}
