import { ShapeError } from './errors.js';

/**
 * Row-major matrix: entry (i, j) is `data[i * cols + j]`. A plain record, so that workers can receive it and tests can write it by
 * hand. `data` is Float32Array or Float64Array; a function says in its type where only one of them will do.
 */
export interface Matrix<Data extends Float32Array | Float64Array = Float32Array | Float64Array> {
  readonly data: Data;
  readonly rows: number;
  readonly cols: number;
}

/**
 * A float64 matrix from rows of numbers.
 * @param rows equally long rows; at least one, so that the width is known
 * @throws ShapeError when a row is longer or shorter than the first
 */
export function matrixOf(rows: readonly ArrayLike<number>[]): Matrix<Float64Array> {
  const cols = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * cols);
  rows.forEach((row, i) => {
    if (row.length !== cols) {
      const advice = 'Make the rows equally long.';
      throw new ShapeError('matrixOf', `${cols} columns in every row`, `${row.length} in row ${i}`, advice);
    }
    data.set(row, i * cols);
  });
  return { data, rows: rows.length, cols };
}

/** A float64 matrix of zeros, rows × cols. */
export function zeros(rows: number, cols: number): Matrix<Float64Array> {
  return { data: new Float64Array(rows * cols), rows, cols };
}

/** Row i as a view: writing to it writes to the matrix. */
export function rowOf<Data extends Float32Array | Float64Array>(matrix: Matrix<Data>, i: number): Data {
  return matrix.data.subarray(i * matrix.cols, (i + 1) * matrix.cols) as Data;
}

/** Σ a_i b_i. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Sum of values, first to last. */
export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

/** Mean of values, at least one. */
export function meanOf(values: ArrayLike<number>): number {
  return sumOf(values) / values.length;
}

/** ‖row‖² of each row, in float64. */
export function squaredNorms({ data, rows, cols }: Matrix): Float64Array {
  const squares = new Float64Array(rows);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++, at++) squares[i] += data[at] * data[at];
  return squares;
}

/** Mean of the rows, `cols` long. */
export function meanRow({ data, rows, cols }: Matrix): Float64Array {
  const mean = new Float64Array(cols);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++) mean[j] += data[at++] / rows;
  return mean;
}

/** Sums of the columns, `cols` long. */
export function columnSums({ data, rows, cols }: Matrix): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++) sums[j] += data[at++];
  return sums;
}

/** The given rows, in the given order, copied into a new matrix of the same precision. */
export function takeRows<Data extends Float32Array | Float64Array>(
  matrix: Matrix<Data>,
  indices: ArrayLike<number>,
): Matrix<Data> {
  const { cols } = matrix;
  const data = alike(matrix.data, indices.length * cols);
  for (let i = 0; i < indices.length; i++) data.set(rowOf(matrix, indices[i]), i * cols);
  return { data, rows: indices.length, cols };
}

/** Zeros of the precision of other numbers. */
export function alike<Data extends Float32Array | Float64Array>(data: Data, length: number): Data {
  return (data instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)) as Data;
}

/** Matrices below one another, in float32 where all are. @throws ShapeError for different widths */
export function stacked(...matrices: readonly [Matrix, ...Matrix[]]): Matrix {
  const [first] = matrices;
  for (const matrix of matrices) requireSameCols('stacked', first, matrix);
  const rows = matrices.reduce((sum, matrix) => sum + matrix.rows, 0);
  const double = matrices.find(({ data }) => data instanceof Float64Array);
  const data = alike((double ?? first).data, rows * first.cols);
  let at = 0;
  for (const matrix of matrices) {
    data.set(matrix.data, at);
    at += matrix.data.length;
  }
  return { data, rows, cols: first.cols };
}

/** The transpose, copied: entry (i, j) becomes (j, i). */
export function transposed({ data, rows, cols }: Matrix<Float64Array>): Matrix<Float64Array> {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * cols + j];
  return { data: out, rows: cols, cols: rows };
}

/** The same numbers as float64; returns the matrix itself when it is float64 already. */
export function toFloat64(matrix: Matrix): Matrix<Float64Array> {
  if (matrix.data instanceof Float64Array) return matrix as Matrix<Float64Array>;
  return { data: Float64Array.from(matrix.data), rows: matrix.rows, cols: matrix.cols };
}

/** The same numbers as float32; returns the matrix itself when it is float32 already. */
export function toFloat32(matrix: Matrix): Matrix<Float32Array> {
  if (matrix.data instanceof Float32Array) return matrix as Matrix<Float32Array>;
  return { data: Float32Array.from(matrix.data), rows: matrix.rows, cols: matrix.cols };
}

/**
 * Rows scaled to unit Euclidean length, as a new matrix of the same precision.
 * @throws ShapeError when a row is all zeros: it has no direction; the message names the row
 */
export function unitRows<Data extends Float32Array | Float64Array>(matrix: Matrix<Data>): Matrix<Data> {
  const out = { data: matrix.data.slice() as Data, rows: matrix.rows, cols: matrix.cols };
  for (let i = 0; i < out.rows; i++) {
    const row = rowOf(out, i);
    // Scaling by the largest entry first keeps 1e200 and 1e-200 from overflowing or vanishing when squared.
    let largest = 0;
    for (const value of row) largest = Math.max(largest, Math.abs(value));
    if (largest === 0) {
      const advice = 'Drop the row or embed its text again.';
      throw new ShapeError('unitRows', 'rows with a direction', `only zeros in row ${i}`, advice);
    }
    let sum = 0;
    for (const value of row) sum += (value / largest) ** 2;
    const norm = Math.sqrt(sum);
    for (let j = 0; j < row.length; j++) row[j] = row[j] / largest / norm;
  }
  return out;
}

/** Whether x − x is 0 for every x, which it is for finite ones alone: four sums, which no branch holds up. */
function allFinite(data: Float32Array | Float64Array): boolean {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 4 <= data.length; i += 4) {
    s0 += data[i] - data[i];
    s1 += data[i + 1] - data[i + 1];
    s2 += data[i + 2] - data[i + 2];
    s3 += data[i + 3] - data[i + 3];
  }
  for (; i < data.length; i++) s0 += data[i] - data[i];
  return s0 + s1 + s2 + s3 === 0;
}

/**
 * Checks that every entry is a finite number.
 * @param where the exported function that was called, for the message
 * @param name what the matrix is to the caller (`golden`, `records`)
 * @throws ShapeError naming the first offending row and column
 */
export function requireFinite(where: string, name: string, matrix: Matrix): void {
  const { data, cols } = matrix;
  if (allFinite(data)) return;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      const found = `${data[i]} in row ${Math.floor(i / cols)}, column ${i % cols}`;
      const advice = 'Drop the row or embed its text again.';
      throw new ShapeError(where, `finite numbers in ${name}`, found, advice);
    }
  }
}

/**
 * Checks that two matrices are equally wide.
 * @throws ShapeError with both widths
 */
export function requireSameCols(where: string, a: Matrix, b: Matrix): void {
  if (a.cols !== b.cols) {
    const advice = 'Embed both with the same encoder.';
    throw new ShapeError(where, 'matrices of equal width', `${a.cols} and ${b.cols} columns`, advice);
  }
}

/**
 * Checks that a matrix has enough rows.
 * @throws ShapeError with the count that was needed and the one that came
 */
export function requireRows(where: string, name: string, matrix: Matrix, atLeast: number): void {
  if (matrix.rows < atLeast) {
    throw new ShapeError(where, `at least ${atLeast} rows in ${name}`, `${matrix.rows}`, 'Give it more records.');
  }
}
