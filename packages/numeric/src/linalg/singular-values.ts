import { sumOf, transposed, type Matrix } from '../matrix.js';

import { symmetricEigenvalues, tridiagonalEigenvalues } from './eigenvalues.js';
import { gramOf } from './gram.js';
import { reflect } from './tridiagonal.js';

/** The sum of singular values may be off by this share of itself before the slower, exact route is taken. */
const TOLERATED = 1e-11;

/**
 * Sum of the singular values of C. First by the eigenvalues of C Cᵀ (or Cᵀ C, the smaller), whose error in a singular value σ is
 * about ε σ₁² / 2σ; where these errors add up to more than 1e-11 of the sum (nearly singular C), by bidiagonalizing C itself, whose
 * error is ε σ₁ each.
 */
export function nuclearNorm(c: Matrix<Float64Array>): number {
  const small = c.rows >= c.cols ? c : transposed(c);
  const squares = symmetricEigenvalues(gramOf(small));
  const noise = 4 * Number.EPSILON * Math.max(0, squares[squares.length - 1]);
  let sum = 0;
  let doubt = 0;
  for (const square of squares) {
    const sigma = Math.sqrt(Math.max(0, square));
    sum += sigma;
    doubt += noise === 0 ? 0 : Math.min(Math.sqrt(noise), noise / (2 * sigma));
  }
  return doubt <= TOLERATED * sum ? sum : sumOf(singularValues(c));
}

/**
 * Singular values, ascending, by Golub–Kahan bidiagonalization; absolute error about 1e-15 of the largest. The bidiagonal's singular
 * values are the non-negative eigenvalues of the tridiagonal with a zero diagonal and its entries interleaved beside it.
 */
export function singularValues(c: Matrix<Float64Array>): Float64Array {
  const { data: a, rows: m, cols: n } = c.rows >= c.cols ? { ...c, data: c.data.slice() } : transposed(c);
  const off = new Float64Array(Math.max(0, 2 * n - 1));
  const column = new Float64Array(m);
  for (let k = 0; k < n; k++) {
    for (let i = k; i < m; i++) column[i] = a[i * n + k];
    off[2 * k] = reflectFromLeft(a, n, k, column);
    if (k + 1 < n) off[2 * k + 1] = reflectFromRight(a, m, n, k);
  }
  return tridiagonalEigenvalues({ diagonal: new Float64Array(2 * n), off })
    .subarray(n)
    .map(Math.abs)
    .sort();
}

/** Applies the reflection that leaves only the first of column k's entries from row k down; returns that entry. */
function reflectFromLeft(a: Float64Array, n: number, k: number, column: Float64Array): number {
  const head = reflect(column, k);
  const work = new Float64Array(n);
  for (let i = k; i < column.length; i++) {
    const v = column[i];
    for (let j = k + 1; j < n; j++) work[j] += v * a[i * n + j];
  }
  for (let i = k; i < column.length; i++) {
    const v = column[i];
    for (let j = k + 1; j < n; j++) a[i * n + j] -= v * work[j];
  }
  return head;
}

/** The same for row k's entries from column k + 1 on. */
function reflectFromRight(a: Float64Array, m: number, n: number, k: number): number {
  const row = a.subarray(k * n, (k + 1) * n);
  const head = reflect(row, k + 1);
  for (let i = k + 1; i < m; i++) {
    let dot = 0;
    for (let j = k + 1; j < n; j++) dot += row[j] * a[i * n + j];
    for (let j = k + 1; j < n; j++) a[i * n + j] -= dot * row[j];
  }
  return head;
}
