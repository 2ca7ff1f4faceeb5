import { toFloat32, toFloat64, type Matrix } from '@mixture-of-personas/numeric';

/** float64: 1e-9 of the reference. float32: 1e-5, several times faster; exponentials and normalizers stay float64 in both. */
export type Precision = 'float64' | 'float32';

/** The same numbers in the asked precision; the matrix itself when it has it already. */
export function inPrecision(matrix: Matrix, precision: Precision): Matrix {
  return precision === 'float32' ? toFloat32(matrix) : toFloat64(matrix);
}

/** Below this a float32 factor is taken for 0: its products would be subnormal, which costs ten times the time and adds nothing to a sum. */
const NEGLIGIBLE = 1e-25;

/** Gradients in the asked precision, with negligible entries set to 0 in float32. */
export function gradientIn(matrix: Matrix<Float64Array>, precision: Precision): Matrix {
  if (precision === 'float64') return matrix;
  const data = new Float32Array(matrix.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = matrix.data[i];
    if (value > NEGLIGIBLE || value < -NEGLIGIBLE) data[i] = value;
  }
  return { data, rows: matrix.rows, cols: matrix.cols };
}

/** Adds b to a, entry by entry, in place. */
export function addInto(a: Float32Array | Float64Array, b: Float32Array | Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] += b[i];
}

/** Adds a bias to every row, in place; a bias of zeros leaves the bits as they are. */
export function addBias<Entries extends Float32Array | Float64Array>(
  matrix: Matrix<Entries>,
  bias?: Float64Array,
): Matrix<Entries> {
  if (bias === undefined || bias.every((value) => value === 0)) return matrix;
  const { data, cols } = matrix;
  for (let at = 0; at < data.length; at++) data[at] += bias[at % cols];
  return matrix;
}
