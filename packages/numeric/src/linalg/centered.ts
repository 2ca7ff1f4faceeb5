import type { Matrix } from '../matrix.js';

/** Column means, and the rows less their mean as a new float64 matrix. The mean is corrected once for the rounding of its first pass. */
export function centered(set: Matrix): { mean: Float64Array; rows: Matrix<Float64Array> } {
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
