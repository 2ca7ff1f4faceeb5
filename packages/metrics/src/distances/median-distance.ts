import { type Matrix, multiplyByTranspose, takeRows, toFloat64 } from '@mixture-of-personas/numeric';
import { stacked } from '@mixture-of-personas/numeric/internal';

/** Pooled rows beyond which the median is taken over an even selection: 4,000 rows have 8 million pairs, 64 MB. */
const MOST_ROWS = 4000;

/**
 * Median of ‖a − b‖² over all pairs of the pooled rows of two sets (mean of the two middle ones when their number is even).
 * @param x n₁ × d
 * @param y n₂ × d, n₁ + n₂ ≥ 2
 */
export function medianSquaredDistance(x: Matrix, y: Matrix): number {
  const total = x.rows + y.rows;
  const share = Math.min(1, MOST_ROWS / total);
  const pooled = toFloat64(stacked(evenly(x, Math.ceil(x.rows * share)), evenly(y, Math.ceil(y.rows * share))));
  const n = pooled.rows;
  const products = multiplyByTranspose(pooled, pooled);
  const distances = new Float64Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const squared = products.data[i * n + i] + products.data[j * n + j] - 2 * products.data[i * n + j];
      distances[at++] = Math.max(0, squared);
    }
  }
  const half = distances.length >> 1;
  const upper = select(distances, half);
  if (distances.length % 2 === 1) return upper;
  let lower = 0; // the largest of what the selection left below
  for (let i = 0; i < half; i++) if (distances[i] > lower) lower = distances[i];
  return (lower + upper) / 2;
}

/** `count` rows spread evenly over the set. */
function evenly(set: Matrix, count: number): Matrix {
  if (count >= set.rows) return set;
  const indices = Int32Array.from({ length: count }, (_, i) => Math.floor((i * set.rows) / count));
  return takeRows(toFloat64(set), indices);
}

/** The k-th smallest (from 0), by quickselect in place: smaller ones end up before it. */
function select(values: Float64Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = middleOf(values[low], values[(low + high) >> 1], values[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const held = values[i];
      values[i++] = values[j];
      values[j--] = held;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k];
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
