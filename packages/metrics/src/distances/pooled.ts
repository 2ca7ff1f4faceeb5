import { centered, type Matrix } from '@mixture-of-personas/numeric';
import { alike } from '@mixture-of-personas/numeric/internal';

/** Rows less their mean, scaled so that their mean square is the unbiased variance. */
export function residualsOf(set: Matrix): Matrix {
  const { rows } = centered(set);
  const scale = Math.sqrt(set.rows / (set.rows - 1));
  const data = alike(set.data, rows.data.length);
  rows.data.forEach((entry, at) => (data[at] = entry * scale));
  return { data, rows: set.rows, cols: set.cols };
}
