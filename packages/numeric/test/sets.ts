import { normal, randomFor, type Matrix } from '../src/index.js';

/** n × d standard normal numbers, the same for the same seed; column j scaled by 1 / (1 + j) so that directions differ. */
export function gaussianRows(n: number, d: number, seed: number): Matrix<Float64Array> {
  const random = randomFor(seed, 'test-set', 0);
  return { data: Float64Array.from({ length: n * d }, (_, i) => normal(random) / (1 + (i % d))), rows: n, cols: d };
}

/** Every row moved by `step` along every axis. */
export function shifted(set: Matrix<Float64Array>, step: number): Matrix<Float64Array> {
  return { ...set, data: set.data.map((value) => value + step) };
}
