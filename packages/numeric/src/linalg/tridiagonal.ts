import type { Matrix } from '../matrix.js';

import { tridiagonalizeFast, type Tridiagonal } from './dense-kernel.js';

/**
 * Householder reduction of a symmetric matrix to a tridiagonal one with the same eigenvalues: A = Q T Qᵀ, Q = H₀ H₁ …, H = I − v vᵀ. The rank-two update of one step and
 * the matrix–vector product of the next go over the lower triangle in one pass, so each entry is read and written once a step.
 * @param reflectors where to leave v of step k, in row k from column k + 1 (n × n zeros), needed to reconstruct Q
 */
export function tridiagonalOf(symmetric: Matrix<Float64Array>, reflectors?: Matrix<Float64Array>): Tridiagonal {
  return tridiagonalizeFast(symmetric, reflectors) ?? tridiagonalizeByLoops(symmetric, reflectors);
}

/** The same by plain loops, for where there is no WebAssembly SIMD, and as the text that the kernel is tested against. */
export function tridiagonalizeByLoops(
  { data, rows: n }: Matrix<Float64Array>,
  reflectors?: Matrix<Float64Array>,
): Tridiagonal {
  const a = data.slice();
  const diagonal = new Float64Array(n);
  const off = new Float64Array(Math.max(0, n - 1));
  // The reflection of the step before, still to be applied: a ← a − v wᵀ − w vᵀ.
  let v = new Float64Array(n);
  let w = new Float64Array(n);
  let next = new Float64Array(n);
  let product = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    // Column k of the updated matrix, from row k down.
    for (let i = k; i < n; i++) next[i] = a[i * n + k] - v[i] * w[k] - w[i] * v[k];
    diagonal[k] = next[k];
    if (k === n - 1) break;
    const beta = reflect(next, k + 1);
    off[k] = beta;
    reflectors?.data.set(next.subarray(k + 1), k * n + k + 1);
    product.fill(0, k + 1);
    updateAndMultiply(a, n, k + 1, v, w, next, product);
    // w = p − (vᵀp / 2) v, with p = A v and |v|² = 2.
    let half = 0;
    for (let i = k + 1; i < n; i++) half += next[i] * product[i];
    half /= 2;
    for (let i = k + 1; i < n; i++) product[i] -= half * next[i];
    [v, next] = [next, v];
    [w, product] = [product, w];
  }
  return { diagonal, off };
}

/** a ← a − v wᵀ − w vᵀ on the lower triangle from row and column `from`, and product ← a · next, in one pass. */
function updateAndMultiply(
  a: Float64Array,
  n: number,
  from: number,
  ...[v, w, next, product]: [Float64Array, Float64Array, Float64Array, Float64Array]
): void {
  for (let i = from; i < n; i++) {
    const row = i * n;
    const vi = v[i];
    const wi = w[i];
    const xi = next[i];
    let sum = 0;
    for (let j = from; j < i; j++) {
      const value = a[row + j] - vi * w[j] - wi * v[j];
      a[row + j] = value;
      sum += value * next[j];
      product[j] += value * xi;
    }
    const value = a[row + i] - 2 * vi * wi;
    a[row + i] = value;
    product[i] += sum + value * xi;
  }
}

/** Turns x[from…] into v, |v|² = 2, with (I − v vᵀ) x a multiple of the first axis; returns the multiple. Zeros: nothing to do. */
export function reflect(x: Float64Array, from: number): number {
  let scale = 0;
  for (let i = from + 1; i < x.length; i++) scale = Math.max(scale, Math.abs(x[i]));
  const first = x[from];
  if (scale === 0) {
    x.fill(0, from);
    return first;
  }
  scale = Math.max(scale, Math.abs(first));
  let sum = 0;
  for (let i = from; i < x.length; i++) sum += (x[i] / scale) ** 2;
  const norm = scale * Math.sqrt(sum);
  const beta = first > 0 ? -norm : norm;
  // |x − β e|² = 2 β (β − first): divided by its root over √2, v has length √2.
  const factor = 1 / Math.sqrt((beta - first) / beta) / norm;
  x[from] = (first - beta) * factor;
  for (let i = from + 1; i < x.length; i++) x[i] *= factor;
  return beta;
}
