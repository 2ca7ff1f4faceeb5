import { requireSameCols, zeros, type Matrix } from './matrix.js';

/**
 * A Bᵀ: entry (i, j) is row i of `a` times row j of `b`, in float64.
 * @param a m × d
 * @param b n × d
 * @returns m × n
 * @throws ShapeError when the widths differ
 */
export function multiplyByTranspose(a: Matrix, b: Matrix): Matrix<Float64Array> {
  requireSameCols('multiplyByTranspose', a, b);
  const out = zeros(a.rows, b.rows);
  const d = a.cols;
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let p = 0; p < d; p++) sum += a.data[i * d + p] * b.data[j * d + p];
      out.data[i * b.rows + j] = sum;
    }
  }
  return out;
}
