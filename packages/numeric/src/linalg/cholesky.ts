import { zeros, type Matrix } from '../matrix.js';

import { choleskyFast } from './dense-kernel.js';

/**
 * F with Σ = Fᵀ F, for a symmetric positive semi-definite Σ. The plain Cholesky factor where Σ is safely positive definite; where a
 * pivot comes close to rounding (rank-deficient Σ, constant columns), the pivoted one, which has as many rows as Σ has rank.
 * @param covariance d × d
 * @returns r × d, r ≤ d
 */
export function triangularFactor(covariance: Matrix<Float64Array>): Matrix<Float64Array> {
  const fast = choleskyFast(covariance, SAFE_PIVOT);
  return (fast === null ? plainFactor(covariance) : fast) || pivotedFactor(covariance);
}

/** Pivots below this share of their diagonal entry have lost most of their digits: the pivoted route decides on them. */
const SAFE_PIVOT = 1e-11;

function plainFactor({ data, rows: d }: Matrix<Float64Array>): Matrix<Float64Array> | null {
  const f = zeros(d, d);
  const u = f.data;
  for (let i = 0; i < d; i++) u.set(data.subarray(i * d + i, (i + 1) * d), i * d + i);
  for (let k = 0; k < d; k++) {
    const pivot = u[k * d + k];
    if (!(pivot > SAFE_PIVOT * data[k * d + k])) return null;
    const root = Math.sqrt(pivot);
    for (let j = k; j < d; j++) u[k * d + j] /= root;
    for (let i = k + 1; i < d; i++) {
      const factor = u[k * d + i];
      if (factor === 0) continue;
      for (let j = i; j < d; j++) u[i * d + j] -= factor * u[k * d + j];
    }
  }
  return f;
}

/** Outer-product Cholesky with the largest remaining diagonal entry as pivot; stops where what remains is rounding. */
function pivotedFactor({ data, rows: d }: Matrix<Float64Array>): Matrix<Float64Array> {
  const left = data.slice();
  const rows: Float64Array[] = [];
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, left[i * d + i]);
  for (let rank = 0; rank < d; rank++) {
    let at = 0;
    for (let i = 1; i < d; i++) if (left[i * d + i] > left[at * d + at]) at = i;
    const pivot = left[at * d + at];
    if (!(pivot > d * Number.EPSILON * largest)) break;
    const row = left.slice(at * d, (at + 1) * d);
    const root = Math.sqrt(pivot);
    for (let j = 0; j < d; j++) row[j] /= root;
    for (let i = 0; i < d; i++) {
      if (row[i] === 0) continue;
      for (let j = 0; j < d; j++) left[i * d + j] -= row[i] * row[j];
    }
    // The pivot's own row and column are spent: rounding must not bring them back.
    for (let j = 0; j < d; j++) left[at * d + j] = left[j * d + at] = 0;
    rows.push(row);
  }
  const factor = zeros(Math.max(1, rows.length), d);
  rows.forEach((row, r) => factor.data.set(row, r * d));
  return factor;
}
