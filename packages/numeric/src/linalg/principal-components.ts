import { toFloat32, type Matrix } from '../matrix.js';
import { multiplyByTranspose } from './multiply.js';

import { leadingEigenvectors } from './eigenvectors.js';
import { centered } from './centered.js';
import { gramOf } from './gram.js';

/** A set seen along its leading principal components. */
export interface Projection {
  /** n × m, float32: the centered rows along the components, unscaled (no whitening). */
  readonly rows: Matrix<Float32Array>;
  /** Variance of each of the d components as a share of the total, descending; all zeros when all rows are equal. */
  readonly shares: Float64Array;
}

/**
 * Principal components, as few as hold `share` of the variance: m is the smallest with cumulative share ≥ `share`.
 * @param set n × d
 * @param share in (0, 1]
 */
export function principalComponents(set: Matrix, share: number): Projection {
  const { rows } = centered(set);
  const shares = new Float64Array(set.cols);
  const { vectors } = leadingEigenvectors(gramOf(rows), (values) => {
    let total = 0;
    for (const value of values) total += Math.max(0, value);
    for (let j = 0; j < shares.length; j++) shares[j] = total > 0 ? Math.max(0, values[j]) / total : 0;
    return componentsFor(shares, share);
  });
  return { rows: toFloat32(multiplyByTranspose(rows, vectors)), shares };
}

/** The smallest m with shares[0] + … + shares[m − 1] ≥ share; all of them when rounding never lets the sum get there. */
function componentsFor(shares: Float64Array, share: number): number {
  let sum = 0;
  for (let m = 0; m < shares.length; m++) {
    sum += shares[m];
    if (sum >= share) return m + 1;
  }
  return Math.max(1, shares.length);
}
