import { requireSameCols, rowOf, unitRows, type Matrix } from '@mixture-of-personas/numeric';
import { dot } from '@mixture-of-personas/numeric/internal';

import { requireDirections, requireSet } from '../metric/checks.js';
import { inPrecision, tilesOf, type Precision } from '../pairs/tiles.js';

function requireBoth(where: string, synthetic: Matrix, exemplars: Matrix): void {
  for (const [name, set] of Object.entries({ synthetic, exemplars })) requireSet(where, name, set, 1);
  requireDirections(where, { synthetic, exemplars });
  requireSameCols(where, synthetic, exemplars);
}

/**
 * Cosine of each synthetic row to its nearest exemplar.
 * @param synthetic n × d
 * @param exemplars N × d
 * @returns n numbers in [−1, 1]; 1 is a copy
 * @throws ShapeError for different widths, a NaN or an all-zero row (named)
 */
export function nearestCosines(synthetic: Matrix, exemplars: Matrix, precision: Precision = 'auto'): Float64Array {
  requireBoth('nearestCosines', synthetic, exemplars);
  const [x, e] = inPrecision(precision, synthetic, exemplars).map(unitRows);
  const nearest = new Float64Array(x.rows).fill(-1);
  for (const { fromA, products } of tilesOf(x, e)) {
    const { data, rows, cols } = products;
    for (let i = 0; i < rows; i++) {
      let most = nearest[fromA + i];
      for (let at = i * cols; at < (i + 1) * cols; at++) if (data[at] > most) most = data[at];
      nearest[fromA + i] = most;
    }
  }
  return nearest.map((cosine) => Math.min(1, cosine));
}

/** Cosine of each row to the exemplar in its own prompt; rows without one (−1) are left out. */
export function ownCosines(synthetic: Matrix, exemplars: Matrix, exemplarOf: ArrayLike<number>): number[] {
  requireBoth('leak', synthetic, exemplars);
  const [x, e] = [unitRows(synthetic), unitRows(exemplars)];
  return Array.from(exemplarOf).flatMap((exemplar, i) => {
    if (exemplar < 0) return [];
    return [Math.min(1, dot(rowOf(x, i), rowOf(e, exemplar)))];
  });
}
