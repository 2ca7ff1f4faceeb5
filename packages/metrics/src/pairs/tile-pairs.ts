import type { Matrix } from '@mixture-of-personas/numeric';
import { squaredNorms } from '@mixture-of-personas/numeric/internal';

import { aroundGolden, tilesOf, upperTilesOf } from './tiles.js';

/** Squared distances that decide which pairs matter, one per row. */
export type Thresholds = Float64Array;
/** Told of row i of the first set, row j of the second, and their squared distance. */
export type Visitor = (i: number, j: number, squared: number) => void;

/** Pairs of rows of two sets, or of one with itself (each unordered pair once, no row with itself). */
export interface RowPairs {
  /**
   * Tells of every pair whose squared distance is below the threshold of either row, and perhaps of others.
   * @param which the sets, 0 or 1, that rows i and j come from
   * @param thresholds of the rows of both
   * @param told called with a distance that is exact only if `kept` is set; otherwise correct only relative to both thresholds
   * @param kept the visitor lowers the thresholds, from ∞ on, so that each is the kept-th smallest distance told of its row; without it they stay
   */
  visit(
    which: readonly [0 | 1, 0 | 1],
    thresholds: readonly [Thresholds, Thresholds],
    told: Visitor,
    kept?: number,
  ): void;
  /** Ends the use of the pairs, and lets go of their memory. */
  close(): void;
}

// Squared distances come as ‖a‖² + ‖b‖² − 2 a·b, whose rounding is a few ulp of ‖a‖² + ‖b‖². Anything below that is a copy: exactly 0.
const NOISE = 1e-14;

/** Pairs of rows by blocks of a matrix product in float64. */
export function tilePairs(a: Matrix, b: Matrix): RowPairs {
  const sets = aroundGolden(a, b);
  const squares = sets.map(squaredNorms);
  return {
    close: () => undefined,
    visit([first, second], [thresholdsA, thresholdsB], told) {
      const same = first === second;
      for (const tile of same ? upperTilesOf(sets[first]) : tilesOf(sets[first], sets[second])) {
        const { fromA, fromB, products } = tile;
        for (let r = 0; r < products.rows; r++) {
          const i = fromA + r;
          for (let c = same && fromA === fromB ? r + 1 : 0; c < products.cols; c++) {
            const j = fromB + c;
            const both = squares[first][i] + squares[second][j];
            const distance = both - 2 * products.data[r * products.cols + c];
            const squared = distance <= NOISE * both ? 0 : distance;
            if (squared < thresholdsA[i] || squared < thresholdsB[j]) told(i, j, squared);
          }
        }
      }
    },
  };
}
