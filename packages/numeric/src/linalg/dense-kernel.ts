import { borrowKernel } from '../kernels/wasm.js';
import type { Matrix } from '../matrix.js';

import { DENSE_WASM } from '../bytes/dense-bytes.js';

/** A symmetric tridiagonal matrix: `diagonal` of length n, `off[i]` couples i and i + 1 (length n − 1). */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly off: Float64Array;
}

interface DenseKernel {
  cholesky(a: number, diagonal: number, n: number, width: number, safe: number): number;
  tridiagonalize(
    ...places: [a: number, diagonal: number, off: number, work: number, reflectors: number, n: number, width: number]
  ): void;
}

/** Matrices below this size are done by plain loops: copying them into the kernel would cost more. */
const SMALL = 24;

/** A matrix in a kernel's memory: at byte 16, rows an even number of columns apart; `extra` numbers follow. */
function placed(symmetric: Matrix<Float64Array>, extra: (width: number) => number) {
  const { data, rows: n } = symmetric;
  const width = n + (n & 1);
  const after = 16 + n * width * 8;
  const kernel = n < SMALL ? null : borrowKernel<DenseKernel>(DENSE_WASM, after + extra(width) * 8);
  if (!kernel) return null;
  const numbers = (at: number, length: number): Float64Array => new Float64Array(kernel.buffer, at, length);
  for (let i = 0; i < n; i++) numbers(16 + i * width * 8, n).set(data.subarray(i * n, (i + 1) * n));
  return { call: kernel.call, numbers, width, after };
}

/**
 * Upper Cholesky factor U, A = Uᵀ U.
 * @param safe share of its diagonal entry that a pivot must exceed
 * @param into where U goes: n² numbers, those of `symmetric` itself if need be
 * @returns U with zeros below its diagonal; `false` at the first pivot that is not safe; null without WebAssembly SIMD or for a small matrix
 */
export function choleskyFast(
  symmetric: Matrix<Float64Array>,
  safe: number,
  into?: Float64Array,
): Matrix<Float64Array> | false | null {
  const place = placed(symmetric, (width) => width);
  if (!place) return null;
  const { call, numbers, width, after } = place;
  const n = symmetric.rows;
  if (call.cholesky(16, after, n, width, safe) === 0) return false;
  const data = into?.fill(0) ?? new Float64Array(n * n);
  for (let i = 0; i < n; i++) data.set(numbers(16 + (i * width + i) * 8, n - i), i * n + i);
  return { data, rows: n, cols: n };
}

/** `tridiagonalOf` by the kernel; null without WebAssembly SIMD or for a small matrix. */
export function tridiagonalizeFast(
  symmetric: Matrix<Float64Array>,
  reflectors?: Matrix<Float64Array>,
): Tridiagonal | null {
  const n = symmetric.rows;
  const place = placed(symmetric, (width) => 6 * width + (reflectors ? n * width : 0));
  if (!place) return null;
  const { call, numbers, width, after } = place;
  const at = (k: number): number => after + k * width * 8;
  call.tridiagonalize(16, at(0), at(1), at(2), reflectors ? at(6) : 0, n, width);
  for (let k = 0; reflectors && k < n; k++) reflectors.data.set(numbers(at(6) + k * width * 8, n), k * n);
  return { diagonal: numbers(at(0), n).slice(), off: numbers(at(1), n - 1).slice() };
}
