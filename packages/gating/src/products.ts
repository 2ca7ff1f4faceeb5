import { toFloat32, toFloat64, type Matrix } from '@mixture-of-personas/numeric';

/** float64: 1e-9 of the reference. float32: 1e-5, several times faster; exponentials and normalisers stay float64 in both. */
export type Precision = 'float64' | 'float32';

/** The same numbers in the asked precision; the matrix itself when it has it already. */
export function inPrecision(matrix: Matrix, precision: Precision): Matrix {
  return precision === 'float32' ? toFloat32(matrix) : toFloat64(matrix);
}

/** Adds b to a, entry by entry, in place. */
export function addInto(a: Matrix<Float64Array>, b: Matrix): void {
  for (let i = 0; i < a.data.length; i++) a.data[i] += b.data[i];
}

/** A·B in the precision of its factors. */
export function multiply(a: Matrix, b: Matrix): Matrix<Float64Array> {
  const out = { data: new Float64Array(a.rows * b.cols), rows: a.rows, cols: b.cols };
  for (let i = 0; i < a.rows; i++) {
    for (let p = 0; p < a.cols; p++) {
      const factor = a.data[i * a.cols + p];
      for (let j = 0; j < b.cols; j++) out.data[i * b.cols + j] += factor * b.data[p * b.cols + j];
    }
  }
  return out;
}

/** Aᵀ·B in the precision of its factors. */
export function multiplyTransposed(a: Matrix, b: Matrix): Matrix<Float64Array> {
  const out = { data: new Float64Array(a.cols * b.cols), rows: a.cols, cols: b.cols };
  for (let p = 0; p < a.rows; p++) {
    for (let i = 0; i < a.cols; i++) {
      const factor = a.data[p * a.cols + i];
      for (let j = 0; j < b.cols; j++) out.data[i * b.cols + j] += factor * b.data[p * b.cols + j];
    }
  }
  return out;
}
