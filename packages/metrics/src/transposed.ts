import type { Matrix } from '@mixture-of-personas/numeric';

/** The transpose, copied: entry (i, j) becomes (j, i). */
export function transposed({ data, rows, cols }: Matrix<Float64Array>): Matrix<Float64Array> {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * cols + j];
  return { data: out, rows: cols, cols: rows };
}
