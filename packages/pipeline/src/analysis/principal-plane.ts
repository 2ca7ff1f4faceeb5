import {
  leadingEigenvectors,
  multiplyByTranspose,
  multiplyTransposed,
  toFloat64,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { meanRow } from '@mixture-of-personas/numeric/internal';

/**
 * A set seen along its first two principal components. Each axis points where its largest weight is positive.
 * @param set n × d, n ≥ 1, d ≥ 2, finite
 * @returns n × 2, the centered rows along the two, unscaled, and the share of the variance along each, 0 … 1; zeros when all rows are equal
 */
export function principalPlane(set: Matrix): { points: Matrix<Float64Array>; shares: [number, number] } {
  const rows = centered(set);
  const { values, vectors } = leadingEigenvectors(toFloat64(multiplyTransposed(rows, rows)), () => 2);
  for (const from of [0, set.cols]) turn(vectors.data.subarray(from, from + set.cols));
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const share = (value: number): number => (total > 0 ? Math.max(0, value) / total : 0);
  return { points: toFloat64(multiplyByTranspose(rows, vectors)), shares: [share(values[0]!), share(values[1]!)] };
}

/** In float32: a picture needs no more, and a large set takes half the memory. */
function centered(set: Matrix): Matrix<Float32Array> {
  const mean = meanRow(set);
  const data = Float32Array.from(set.data, (value, at) => value - mean[at % set.cols]!);
  return { data, rows: set.rows, cols: set.cols };
}

/** Turns an axis so that its largest weight is positive. */
function turn(axis: Float64Array): void {
  const largest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  if (largest < 0) axis.forEach((value, j) => (axis[j] = -value));
}
