import type { Matrix } from '../matrix.js';

/** The assignment step of k-means, label_i = argmin_c |x_i − c|² in float32, ties to the smaller index. May remember what a step learned. */
export interface Assigner {
  /** Nearest center of each point; a caller may move a point to another cluster between steps. */
  readonly labels: Int32Array;
  /** Squared distance to it. */
  readonly nearest: Float32Array;
  /** First step of a start. */
  begin(centers: Matrix<Float64Array>): void;
  /** Next step, centers having moved since; returns how many labels changed. */
  step(centers: Matrix<Float64Array>): number;
  /** Lowers `nearest` to the squared distances from point i where those are less. */
  approach(i: number): void;
}
