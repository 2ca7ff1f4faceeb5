import { multiplyByTranspose, toFloat64, unitRows, type Matrix } from '@mixture-of-personas/numeric';

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
  const factor = set.rows <= set.cols ? rows : triangularFactor(gramOf(rows));
  let trace = 0;
  for (const value of rows.data) trace += value * value;
  return { mean, factor, trace };
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
