import { multiply, multiplyTransposed, toFloat64, type Matrix } from '@mixture-of-personas/numeric';

/** A set seen along its two directions of largest variance. */
export interface Plane {
  /** n × 2: the centered rows along the two components, unscaled. */
  readonly points: Matrix<Float64Array>;
  /** Share of the variance along each, 0 … 1; zeros when all rows are equal. */
  readonly shares: readonly [number, number];
}

/** Products with the covariance; its two largest eigenvalues are far enough apart for a picture long before. */
const STEPS = 200;
const ENOUGH = 1e-12;

/**
 * The first two principal components by orthogonal iteration on XᵀX. Each axis points where its largest weight is positive.
 * @param set n × d, n ≥ 1, finite
 */
export function principalPlane(set: Matrix): Plane {
  const rows = centred(set);
  const d = set.cols;
  const gram = toFloat64(multiplyTransposed(rows, rows));
  let total = 0;
  for (let j = 0; j < d; j++) total += gram.data[j * d + j]!;
  // Two starting directions with weight everywhere, so that neither is orthogonal to what is looked for.
  let first = scaled(Float64Array.from({ length: d }, (_, j) => 1 + ((j * 7919) % 101) / 101));
  let second = apart(
    Float64Array.from({ length: d }, (_, j) => ((j * 104_729) % 97) / 97 - 0.5),
    first,
  );
  let values: [number, number] = [0, 0];
  for (let step = 0; step < STEPS && total > 0; step++) {
    const [next, other] = [times(gram, first), times(gram, second)];
    const found: [number, number] = [lengthOf(next), lengthOf(other)];
    first = scaled(next);
    second = apart(other, first);
    const moved = Math.abs(found[0] - values[0]) + Math.abs(found[1] - values[1]);
    values = found;
    if (moved < ENOUGH * total) break;
  }
  const axes = { data: Float64Array.from([...pointed(first), ...pointed(second)]), rows: 2, cols: d };
  const points = alongAxes(rows, axes);
  return { points, shares: total > 0 ? [varianceOf(points, 0) / total, varianceOf(points, 1) / total] : [0, 0] };
}

/** In float32: a picture needs no more, and a large set takes half the memory. */
function centred(set: Matrix): Matrix<Float32Array> {
  const mean = new Float64Array(set.cols);
  set.data.forEach((value, at) => (mean[at % set.cols]! += value / set.rows));
  const data = Float32Array.from(set.data, (value, at) => value - mean[at % set.cols]!);
  return { data, rows: set.rows, cols: set.cols };
}

function times(gram: Matrix<Float64Array>, vector: Float64Array): Float64Array {
  return toFloat64(multiply(gram, { data: vector, rows: vector.length, cols: 1 })).data;
}

function alongAxes(rows: Matrix, axes: Matrix<Float64Array>): Matrix<Float64Array> {
  const transposed = Float64Array.from(
    { length: 2 * axes.cols },
    (_, at) => axes.data[(at % 2) * axes.cols + (at >> 1)]!,
  );
  return toFloat64(multiply(rows, { data: transposed, rows: axes.cols, cols: 2 }));
}

/** Sum of squares of a column. */
function varianceOf({ data }: Matrix<Float64Array>, column: 0 | 1): number {
  let sum = 0;
  for (let at = column; at < data.length; at += 2) sum += data[at]! ** 2;
  return sum;
}

function lengthOf(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

/** Unit length; a vector of nothing stays one. */
function scaled(vector: Float64Array): Float64Array {
  const length = lengthOf(vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}

/** Removes from a vector its part along a unit vector, and scales the rest to unit length. */
function apart(vector: Float64Array, unit: Float64Array): Float64Array {
  const along = vector.reduce((sum, value, j) => sum + value * unit[j]!, 0);
  return scaled(vector.map((value, j) => value - along * unit[j]!));
}

function pointed(axis: Float64Array): Float64Array {
  const largest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? axis.map((value) => -value) : axis;
}
