import type { Matrix } from '@mixture-of-personas/numeric';

import { requireSets } from './checks.js';
import { centred } from './gaussian.js';
import { meanAcross, meanWithin, type Kernel, type KernelDistanceOptions } from './kernel-distance.js';
import { inPrecision } from './tiles.js';

/** ‖x − y‖. A squared distance below the rounding of ‖x‖² + ‖y‖² is a copy's: its root would be 1e-8 and not 0. */
export const euclidean: Kernel = (dot, squaredX, squaredY) => {
  const both = squaredX + squaredY;
  const squared = both - 2 * dot;
  return squared <= 1e-14 * both ? 0 : Math.sqrt(squared);
};

/**
 * Energy distance (Székely & Rizzo 2013): 2 E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖.
 * @param synthetic n₁ × d, n₁ ≥ 2
 * @param golden n₂ × d, n₂ ≥ 2
 * @param options `biased` keeps i = j (the V-statistic, never negative)
 * @returns around 0 for equal distributions, in the unit of the embeddings
 * @throws ShapeError for different widths, fewer than 2 rows, or a NaN (row named)
 */
export function energyDistance(synthetic: Matrix, golden: Matrix, options: KernelDistanceOptions = {}): number {
  requireSets('energyDistance', synthetic, golden, 2);
  const { biased = false, precision = 'auto' } = options;
  const [x, y] = inPrecision(precision, ...aroundGolden(synthetic, golden));
  return 2 * meanAcross(x, y, euclidean) - meanWithin(x, euclidean, biased) - meanWithin(y, euclidean, biased);
}

/** Both sets less golden's mean: distances stay, and far from the origin fewer digits cancel in ‖x‖² + ‖y‖² − 2 x·y. */
export function aroundGolden(synthetic: Matrix, golden: Matrix): [Matrix<Float64Array>, Matrix<Float64Array>] {
  const { mean, rows } = centred(golden);
  const moved = Float64Array.from(synthetic.data);
  for (let at = 0; at < moved.length; at++) moved[at] -= mean[at % mean.length];
  return [{ data: moved, rows: synthetic.rows, cols: synthetic.cols }, rows];
}
