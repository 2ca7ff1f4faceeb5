import { type Matrix } from '@mixture-of-personas/numeric';
/** n × d standard normal numbers, the same for the same seed; column j scaled by 1 / (1 + j) so that directions differ. */
export declare function gaussianRows(n: number, d: number, seed: number): Matrix<Float64Array>;
/** The rows in another order. */
export declare function shuffled<Data extends Float32Array | Float64Array>(
  set: Matrix<Data>,
  seed: number,
): Matrix<Data>;
/** Every row turned by one random rotation (Gram–Schmidt of a normal matrix). */
export declare function rotated(set: Matrix, seed: number): Matrix<Float64Array>;
/** Every row moved by `step` along every axis. */
export declare function shifted(set: Matrix<Float64Array>, step: number): Matrix<Float64Array>;
//# sourceMappingURL=sets.d.ts.map
