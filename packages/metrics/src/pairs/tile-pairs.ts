import type { Matrix } from '@mixture-of-personas/numeric';

import type { RowPairs } from './row-pairs.js';
import { aroundGolden, squaredNorms, tilesOf, upperTilesOf } from './tiles.js';

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
