import type { Matrix } from '../matrix.js';

import type { Tridiagonal } from './dense-kernel.js';
import { tridiagonalOf } from './tridiagonal.js';

/**
 * Eigenvalues of a symmetric matrix, ascending; error about 1e-15 of the largest in absolute value.
 * Householder reduction to tridiagonal form, then QL without vectors: 4/3 n³ multiplications and additions.
 * @param symmetric n × n; only the lower triangle is read
 */
export function symmetricEigenvalues(symmetric: Matrix<Float64Array>): Float64Array {
  return tridiagonalEigenvalues(tridiagonalOf(symmetric));
}

/** Eigenvalues of a symmetric tridiagonal matrix, ascending (implicit QL with Wilkinson's shift, no vectors). */
export function tridiagonalEigenvalues({ diagonal, off }: Tridiagonal): Float64Array {
  const n = diagonal.length;
  const d = diagonal.slice();
  const e = new Float64Array(n);
  e.set(off);
  // Below this an off-diagonal entry moves no eigenvalue by more than rounding of the largest does; without it, blocks of zero
  // eigenvalues (rank-deficient input) would be iterated on their own noise.
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(d[i]), Math.abs(e[i]));
  const least = (Number.EPSILON * largest) / 128;
  for (let l = 0; l < n; l++) {
    for (;;) {
      let m = l;
      for (; m < n - 1; m++) {
        const size = Math.abs(d[m]) + Math.abs(d[m + 1]);
        if (Math.abs(e[m]) <= Math.max(least, Number.EPSILON * size)) break;
      }
      if (m === l) break;
      qlSweep(d, e, l, m);
    }
  }
  return d.sort();
}

/** One implicit QL sweep over the unreduced block l … m. */
function qlSweep(d: Float64Array, e: Float64Array, l: number, m: number): void {
  let g = (d[l + 1] - d[l]) / (2 * e[l]);
  let r = Math.hypot(g, 1);
  g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
  let s = 1;
  let c = 1;
  let p = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i];
    const b = c * e[i];
    r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] -= p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - p;
    r = (d[i] - g) * s + 2 * c * b;
    p = s * r;
    d[i + 1] = g + p;
    g = c * r - b;
  }
  d[l] -= p;
  e[l] = g;
  e[m] = 0;
}
