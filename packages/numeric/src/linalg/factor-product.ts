import { zeros, type Matrix } from '../matrix.js';
import { multiplyByTranspose } from './multiply.js';

/** Rows of A done at a time. */
const BLOCK = 96;

/**
 * A Bᵀ for an A whose rows begin with zeros, as those of a triangular factor do: each block of rows is multiplied from its first column on that is not zero,
 * which is half the work. Any A will do.
 * @param a r × d
 * @param b s × d
 * @returns r × s
 */
export function factorProduct(a: Matrix<Float64Array>, b: Matrix<Float64Array>): Matrix<Float64Array> {
  const out = zeros(a.rows, b.rows);
  // One copy of B, written over from block to block: a new one each would be as much garbage as there are blocks.
  const [scratchA, scratchB] = [new Float64Array(BLOCK * a.cols), new Float64Array(b.data.length)];
  for (let from = 0; from < a.rows; from += BLOCK) {
    const to = Math.min(a.rows, from + BLOCK);
    const rows = { data: a.data.subarray(from * a.cols, to * a.cols), rows: to - from, cols: a.cols };
    const start = firstColumn(rows);
    const part = { data: out.data.subarray(from * b.rows, to * b.rows), rows: to - from, cols: b.rows };
    multiplyByTranspose(columnsFrom(rows, start, scratchA), columnsFrom(b, start, scratchB), part);
  }
  return out;
}

function firstColumn({ data, rows, cols }: Matrix): number {
  let first = cols;
  for (let i = 0; i < rows; i++) {
    let j = 0;
    while (j < first && data[i * cols + j] === 0) j++;
    first = j;
  }
  return first;
}

function columnsFrom(matrix: Matrix<Float64Array>, start: number, scratch: Float64Array): Matrix<Float64Array> {
  if (start === 0) return matrix;
  const cols = matrix.cols - start;
  const out = { data: scratch.subarray(0, matrix.rows * cols), rows: matrix.rows, cols };
  for (let i = 0; i < matrix.rows; i++) {
    out.data.set(matrix.data.subarray(i * matrix.cols + start, (i + 1) * matrix.cols), i * out.cols);
  }
  return out;
}
