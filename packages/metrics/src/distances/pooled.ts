import { centered, type Matrix } from '@mixture-of-personas/numeric';

/** Rows less their mean, scaled so that their mean square is the unbiased variance. */
export function residualsOf(set: Matrix): Matrix {
  const { rows } = centered(set);
  const scale = Math.sqrt(set.rows / (set.rows - 1));
  const data = set.data instanceof Float32Array ? new Float32Array(rows.data.length) : rows.data;
  rows.data.forEach((entry, at) => (data[at] = entry * scale));
  return { data, rows: set.rows, cols: set.cols };
}
