import { centered, rowOf, takeRows, toFloat64, unitRows, type Matrix } from '@mixture-of-personas/numeric';
import {
  choleskyFast,
  factorProduct,
  nuclearNorm,
  quickScatterOf,
  scatterOf,
  triangularFactor,
  type Scatter,
} from '@mixture-of-personas/numeric/internal';

/** Settings of `frechetDistance`. */
export interface FrechetOptions {
  /** Scale rows to unit length first; the distance is then at most 4. Print it beside the number. @defaultValue false */
  readonly normalize?: boolean;
}

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
 * The Gaussian of a set: Σ = (X − μ)ᵀ (X − μ) / (n − 1). With n ≤ d the factor is n − 1 contrasts of the rows; with more rows it is the
 * Cholesky factor of Σ. In float64, and centered before anything is squared; products of many float32 rows in float32 where that costs no digit
 * that counts (decision 0055).
 * @param set n × d, n ≥ 2
 * @param normalize scale rows to unit length first
 */
export function gaussianOf(set: Matrix, normalize = false): Gaussian {
  const rows = normalize ? unitRows(toFloat64(set)) : set;
  if (set.rows > set.cols) return quickGaussian(rows, set.rows) ?? gaussianOfScatter(scatterOf(rows), set.rows);
  const { mean, rows: centeredRows } = centered(rows);
  const contrasts = contrastsOf(centeredRows);
  return gaussianOfRows(mean, contrasts, new Float64Array(contrasts.rows).fill(1 / (set.rows - 1)));
}

/**
 * n − 1 rows C with Cᵀ C = Xᵀ X, X n centered rows, which it writes over: each row minus the mean of those above it, to length (Helmert). X itself
 * has a singular value of 0, which sends `nuclearNorm` the slow way.
 */
function contrastsOf({ data, rows, cols }: Matrix<Float64Array>): Matrix<Float64Array> {
  const sum = data.slice(0, cols);
  for (let k = 1; k < rows; k++) {
    const scale = Math.sqrt(k / (k + 1));
    for (let j = 0; j < cols; j++) {
      const value = data[k * cols + j];
      data[(k - 1) * cols + j] = scale * (value - sum[j] / k);
      sum[j] += value;
    }
  }
  return { data: data.subarray(0, (rows - 1) * cols), rows: rows - 1, cols };
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
  const weights = Float64Array.from(drawn, (i) => counts[i] / (n - 1));
  return gaussianOfRows(mean, rows, weights);
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

/** From centered rows, which are written over: each is scaled by the root of its weight. */
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

/** tr (Σ₁ Σ₂)^½ = ‖F₁ F₂ᵀ‖_*. */
export function overlapOf(a: Gaussian, b: Gaussian): number {
  return nuclearNorm(factorProduct(a.factor, b.factor));
}

/** ‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁ Σ₂)^½, not below 0. */
export function gaussianDistance(a: Gaussian, b: Gaussian): number {
  let squared = 0;
  for (let j = 0; j < a.mean.length; j++) squared += (a.mean[j] - b.mean[j]) ** 2;
  return squared + Math.max(0, a.trace + b.trace - 2 * overlapOf(a, b));
}
