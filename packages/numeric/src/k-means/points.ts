import { zeros, type Matrix } from '../matrix.js';

// k-means does not care where the origin is or how long a unit is; float32 does. Points are scaled by a power of two to at most 1 and
// centered in float64 before they are rounded, and the answer is computed from the points as they were given.

/** Points ready for float32 distances: x ↦ x · scale − shift. */
export interface Prepared {
  readonly points: Matrix<Float32Array>;
  /** A power of two, so that scaling rounds nothing. */
  readonly scale: number;
  /** Mean of the scaled points, d. */
  readonly shift: Float64Array;
}

/** Points scaled and centered. */
export function prepare({ data, rows, cols }: Matrix): Prepared {
  let largest = 0;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i]));
  const scale = largest === 0 ? 1 : 2 ** Math.min(1000, -Math.ceil(Math.log2(largest)));
  const shift = new Float64Array(cols);
  for (let i = 0, at = 0; i < rows; i++) for (let p = 0; p < cols; p++, at++) shift[p] += (data[at] * scale) / rows;
  return { points: { data: place({ data, rows, cols }, scale, shift, Float32Array), rows, cols }, scale, shift };
}

/** Starting centers in the coordinates of the prepared points, in float64. */
export function prepareCenters(centers: Matrix, { scale, shift }: Prepared): Matrix<Float64Array> {
  return { data: place(centers, scale, shift, Float64Array), rows: centers.rows, cols: centers.cols };
}

function place<Data extends Float32Array | Float64Array>(
  { data, cols }: Matrix,
  scale: number,
  shift: Float64Array,
  Type: new (length: number) => Data,
): Data {
  const out = new Type(data.length);
  for (let at = 0; at < data.length;) for (let p = 0; p < cols; p++, at++) out[at] = data[at] * scale - shift[p];
  return out;
}

/**
 * Means of the clusters in the points' own coordinates, float64; a cluster without points keeps the center it had.
 * @param points n × d as given
 * @param labels n
 * @param last centers in prepared coordinates, k × d
 */
export function meansOf(
  points: Matrix,
  labels: Int32Array,
  last: Matrix<Float64Array>,
  { scale, shift }: Prepared,
): Matrix<Float64Array> {
  const { rows: k, cols: d } = last;
  const means = zeros(k, d);
  const counts = new Int32Array(k);
  for (let i = 0, from = 0; i < labels.length; i++) {
    counts[labels[i]]++;
    for (let p = 0, at = labels[i] * d; p < d; p++) means.data[at++] += points.data[from++] * scale;
  }
  for (let c = 0, at = 0; c < k; c++) {
    for (let p = 0; p < d; p++, at++) {
      means.data[at] = (counts[c] > 0 ? means.data[at] / counts[c] : last.data[at] + shift[p]) / scale;
    }
  }
  return means;
}

/** Σ_i |x_i − c_label(i)|², in float64. */
export function inertiaOf(points: Matrix, labels: Int32Array, centers: Matrix): number {
  const { data, cols: d } = points;
  let sum = 0;
  for (let i = 0, from = 0; i < labels.length; i++) {
    for (let p = 0, at = labels[i] * d; p < d; p++) sum += (data[from++] - centers.data[at++]) ** 2;
  }
  return sum;
}
