import type { Matrix } from '@mixture-of-personas/numeric';

/** Sets of one width below one another, in float32. */
export function stacked(sets: readonly Matrix[]): Matrix<Float32Array> {
  const cols = sets[0]?.cols ?? 0;
  const rows = sets.reduce((sum, set) => sum + set.rows, 0);
  const data = new Float32Array(rows * cols);
  let at = 0;
  for (const set of sets) {
    data.set(set.data, at);
    at += set.data.length;
  }
  return { data, rows, cols };
}

/** `count` rows from row `from` on, as a view of the matrix. */
export function rowsFrom<Data extends Float32Array | Float64Array>(
  { data, cols }: Matrix<Data>,
  from: number,
  count: number,
): Matrix<Data> {
  return { data: data.subarray(from * cols, (from + count) * cols) as Data, rows: count, cols };
}
