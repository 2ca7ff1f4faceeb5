import { requireThreads, SettingError, type Matrix } from '@mixture-of-personas/numeric';
import { meanOf } from '@mixture-of-personas/numeric/internal';

import { requireCount, requireSets } from '../metric/checks.js';
import { kthNeighborWithin, rowPairs, type NeighborOptions } from '../pairs/row-pairs.js';

/** Settings of {@link manifold}. */
export interface ManifoldOptions extends NeighborOptions {
  /** Neighbors that set a ball's radius, ≥ 1 and below the rows of either set. @defaultValue 5 */
  readonly neighbors?: number;
}

/** The four k-NN figures of two sets, and per row what they are means of. */
export interface Manifold {
  /** Share of synthetic rows inside some golden ball, [0, 1]: do they look real? */
  readonly precision: number;
  /** Share of golden rows inside some synthetic ball, [0, 1]: is golden reached? */
  readonly recall: number;
  /** Golden balls a synthetic row lies in, divided by k: ≥ 0, about 1 for equal distributions; not fooled by one far golden row. */
  readonly density: number;
  /** Share of golden balls that hold a synthetic row, [0, 1]. */
  readonly coverage: number;
  /** n₁ numbers: golden balls around each synthetic row. */
  readonly ballsAround: Float64Array;
  /** n₂ flags: the golden row lies in a synthetic ball. */
  readonly reached: Uint8Array;
  /** n₂ flags: the golden row's own ball holds a synthetic row. */
  readonly covered: Uint8Array;
  /** Balls of radius 0 (synthetic, golden): rows with k or more exact copies. They hold nothing. */
  readonly emptyBalls: readonly [number, number];
}

/**
 * Precision and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020). A ball around a row thresholds to its k-th nearest
 * other row of the same set; inside means strictly nearer.
 * @param synthetic n₁ × d, n₁ > k
 * @param golden n₂ × d, n₂ > k
 * @throws ShapeError for different widths, too few rows, or a NaN (row named); SettingError for k
 */
export function manifold(synthetic: Matrix, golden: Matrix, options: ManifoldOptions = {}): Manifold {
  const { neighbors: k = 5, threads = 1 } = options;
  requireSets('manifold', synthetic, golden, 2);
  requireCount('manifold', 'neighbors', k, 1);
  requireThreads('manifold', threads);
  const fewest = Math.min(synthetic.rows, golden.rows);
  if (k >= fewest) {
    throw new SettingError('manifold', 'neighbors', `below the rows of the smaller set (${fewest})`, k);
  }
  const pairs = rowPairs(synthetic, golden, options);
  const radiiX = kthNeighborWithin(pairs, 0, synthetic.rows, k);
  const radiiY = kthNeighborWithin(pairs, 1, golden.rows, k);
  const ballsAround = new Float64Array(synthetic.rows);
  const reached = new Uint8Array(golden.rows);
  const covered = new Uint8Array(golden.rows);
  const compare = (i: number, j: number, squared: number): void => {
    if (squared < radiiY[j]) {
      ballsAround[i]++;
      covered[j] = 1;
    }
    if (squared < radiiX[i]) reached[j] = 1;
  };
  pairs.visit([0, 1], [radiiX, radiiY], compare);
  pairs.close();
  const inside = ballsAround.reduce((sum, balls) => sum + (balls > 0 ? 1 : 0), 0);
  return {
    precision: inside / synthetic.rows,
    recall: meanOf(reached),
    density: meanOf(ballsAround) / k,
    coverage: meanOf(covered),
    ballsAround,
    reached,
    covered,
    emptyBalls: [countZeros(radiiX), countZeros(radiiY)],
  };
}

function countZeros(values: Float64Array): number {
  let count = 0;
  for (const value of values) if (value === 0) count++;
  return count;
}
