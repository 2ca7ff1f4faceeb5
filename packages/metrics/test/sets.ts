import {
  type Matrix,
  multiplyByTranspose,
  normal,
  randomFor,
  sampleWithoutReplacement,
  takeRows,
  toFloat64,
} from '@mixture-of-personas/numeric';

/** n × d standard normal numbers, the same for the same seed; column j scaled by 1 / (1 + j) so that directions differ. */
export function gaussianRows(n: number, d: number, seed: number): Matrix<Float64Array> {
  const random = randomFor(seed, 'test-set', 0);
  return { data: Float64Array.from({ length: n * d }, (_, i) => normal(random) / (1 + (i % d))), rows: n, cols: d };
}

/** The rows in another order. */
export function shuffled<Data extends Float32Array | Float64Array>(set: Matrix<Data>, seed: number): Matrix<Data> {
  return takeRows(set, sampleWithoutReplacement(set.rows, set.rows, randomFor(seed, 'test-shuffle', 0)));
}

/** Every row turned by one random rotation (Gram–Schmidt of a normal matrix). */
export function rotated(set: Matrix, seed: number): Matrix<Float64Array> {
  const d = set.cols;
  const axes = gaussianRows(d, d, seed + 77);
  for (let i = 0; i < d; i++) {
    const row = axes.data.subarray(i * d, (i + 1) * d);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = axes.data.subarray(j * d, (j + 1) * d);
        let dot = 0;
        for (let p = 0; p < d; p++) dot += row[p] * other[p];
        for (let p = 0; p < d; p++) row[p] -= dot * other[p];
      }
    }
    const length = Math.hypot(...row);
    for (let p = 0; p < d; p++) row[p] /= length;
  }
  return toFloat64(multiplyByTranspose(toFloat64(set), axes));
}

/** Every row moved by `step` along every axis. */
export function shifted(set: Matrix<Float64Array>, step: number): Matrix<Float64Array> {
  return { ...set, data: set.data.map((value) => value + step) };
}
