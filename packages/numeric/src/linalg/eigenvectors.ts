import { rowOf, zeros, type Matrix } from '../matrix.js';
import { randomFor } from '../random.js';

import { tridiagonalEigenvalues } from './eigenvalues.js';
import type { Tridiagonal } from './dense-kernel.js';
import { tridiagonalOf } from './tridiagonal.js';

/** The leading part of a spectrum. */
export interface Leading {
  /** All n eigenvalues, descending. */
  readonly values: Float64Array;
  /** `count` × n: orthonormal eigenvectors of the largest ones, in the same order. */
  readonly vectors: Matrix<Float64Array>;
}

/**
 * All eigenvalues of a symmetric matrix, and eigenvectors of the largest. Values by QL; vectors by inverse iteration on the tridiagonal
 * form, each made orthogonal to those before it, then reflected back: 2 n² a vector, where QL with vectors would take 3 n³ for all.
 * @param symmetric n × n
 * @param countOf how many vectors to compute, decided from the values (descending)
 */
export function leadingEigenvectors(
  symmetric: Matrix<Float64Array>,
  countOf: (values: Float64Array) => number,
): Leading {
  const n = symmetric.rows;
  const reflectors = zeros(n, n);
  const tridiagonal = tridiagonalOf(symmetric, reflectors);
  const values = tridiagonalEigenvalues(tridiagonal).reverse();
  const vectors = zeros(countOf(values), n);
  const largest = Math.max(Math.abs(values[0]), Math.abs(values[n - 1]));
  if (largest === 0) {
    for (let m = 0; m < vectors.rows; m++) vectors.data[m * n + m] = 1; // the zero matrix: any basis will do
    return { values, vectors };
  }
  for (let m = 0; m < vectors.rows; m++) {
    // Equal eigenvalues are told apart by a few ulp, or each would be given the same vector.
    inverseIteration(tridiagonal, values[m] - m * Number.EPSILON * largest, vectors, m);
  }
  reflectBack(reflectors, vectors);
  return { values, vectors };
}

/** Writes to row `m` the eigenvector of T nearest λ that is orthogonal to the rows above it. */
function inverseIteration(t: Tridiagonal, lambda: number, vectors: Matrix<Float64Array>, m: number): void {
  const n = vectors.cols;
  const x = rowOf(vectors, m);
  const random = randomFor(0, 'inverse-iteration', m);
  for (let i = 0; i < n; i++) x[i] = random() - 0.5;
  const solve = shiftedSolver(t, lambda);
  for (let step = 0; step < 3; step++) {
    solve(x);
    scaleToUnit(x);
    for (let j = 0; j < m; j++) {
      const other = rowOf(vectors, j);
      let share = 0;
      for (let i = 0; i < n; i++) share += x[i] * other[i];
      for (let i = 0; i < n; i++) x[i] -= share * other[i];
    }
    scaleToUnit(x);
  }
}

/** x ← (T − λ I)⁻¹ x by elimination with row swaps; a pivot of zero is replaced by rounding, which is what makes x grow along the vector. */
function shiftedSolver({ diagonal, off }: Tridiagonal, lambda: number): (x: Float64Array) => void {
  const n = diagonal.length;
  const main = diagonal.map((value) => value - lambda);
  const upper = new Float64Array(n);
  upper.set(off);
  const second = new Float64Array(n);
  const factor = new Float64Array(n);
  const swapped = new Uint8Array(n);
  let size = 0;
  for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(main[i]), Math.abs(upper[i]));
  const least = Number.EPSILON * size;
  for (let i = 0; i + 1 < n; i++) {
    const below = off[i];
    if (Math.abs(below) > Math.abs(main[i])) {
      swapped[i] = 1;
      factor[i] = main[i] / below;
      main[i] = below;
      const right = upper[i];
      upper[i] = main[i + 1];
      main[i + 1] = right - factor[i] * upper[i];
      second[i] = upper[i + 1];
      upper[i + 1] = -factor[i] * second[i];
    } else {
      if (Math.abs(main[i]) < least) main[i] = least;
      factor[i] = below / main[i];
      main[i + 1] -= factor[i] * upper[i];
    }
  }
  if (Math.abs(main[n - 1]) < least) main[n - 1] = least;
  return (x) => {
    for (let i = 0; i + 1 < n; i++) {
      if (swapped[i]) {
        const held = x[i];
        x[i] = x[i + 1];
        x[i + 1] = held - factor[i] * x[i];
      } else x[i + 1] -= factor[i] * x[i];
    }
    for (let i = n - 1; i >= 0; i--) {
      const right = i + 1 < n ? upper[i] * x[i + 1] : 0;
      const further = i + 2 < n ? second[i] * x[i + 2] : 0;
      x[i] = (x[i] - right - further) / main[i];
    }
  };
}

function scaleToUnit(x: Float64Array): void {
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  let sum = 0;
  for (const value of x) sum += (value / largest) ** 2;
  const length = largest * Math.sqrt(sum);
  for (let i = 0; i < x.length; i++) x[i] /= length;
}

/** Rows of `vectors` ← Q row, Q = H₀ H₁ … : the last reflection first. */
function reflectBack(reflectors: Matrix<Float64Array>, vectors: Matrix<Float64Array>): void {
  const n = vectors.cols;
  for (let k = n - 2; k >= 0; k--) {
    const v = reflectors.data.subarray(k * n, (k + 1) * n);
    for (let m = 0; m < vectors.rows; m++) {
      const x = vectors.data.subarray(m * n, (m + 1) * n);
      let dot = 0;
      for (let i = k + 1; i < n; i++) dot += v[i] * x[i];
      for (let i = k + 1; i < n; i++) x[i] -= dot * v[i];
    }
  }
}
