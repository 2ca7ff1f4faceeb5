import { SettingError, type Matrix } from '@mixture-of-personas/numeric';

import { requireCount, requireSets } from './checks.js';
import { aroundGolden } from './energy.js';
import { distanceTiles, kthNeighbourWithin } from './neighbours.js';
import { inPrecision, type Precision } from './tiles.js';

/** Settings of {@link manifold}. */
export interface ManifoldOptions {
  /** Neighbours that set a ball's radius, ≥ 1 and below the rows of either set. @defaultValue 5 */
  readonly neighbours?: number;
  /** Precision of the distances; see {@link Precision}. @defaultValue 'auto' */
  readonly precision?: Precision;
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
 * Precision and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020). A ball around a row reaches to its k-th nearest
 * other row of the same set; inside means strictly nearer.
 * @param synthetic n₁ × d, n₁ > k
 * @param golden n₂ × d, n₂ > k
 * @throws ShapeError for different widths, too few rows, or a NaN (row named); SettingError for k
 */
export function manifold(synthetic: Matrix, golden: Matrix, options: ManifoldOptions = {}): Manifold {
  const { neighbours: k = 5, precision = 'auto' } = options;
  requireSets('manifold', synthetic, golden, 2);
  requireCount('manifold', 'neighbours', k, 1);
  const fewest = Math.min(synthetic.rows, golden.rows);
  if (k >= fewest) {
    throw new SettingError('manifold', 'neighbours', `below the rows of the smaller set (${fewest})`, k);
  }
  const [x, y] = inPrecision(precision, ...aroundGolden(synthetic, golden));
  const radiiX = kthNeighbourWithin(x, k);
  const radiiY = kthNeighbourWithin(y, k);
  const ballsAround = new Float64Array(x.rows);
  const reached = new Uint8Array(y.rows);
  const covered = new Uint8Array(y.rows);
  for (const { fromA, fromB, products } of distanceTiles(x, y)) {
    const { data, rows, cols } = products;
    for (let i = 0; i < rows; i++) {
      const radiusX = radiiX[fromA + i];
      for (let j = 0; j < cols; j++) {
        const squared = data[i * cols + j];
        if (squared < radiiY[fromB + j]) {
          ballsAround[fromA + i]++;
          covered[fromB + j] = 1;
        }
        if (squared < radiusX) reached[fromB + j] = 1;
      }
    }
  }
  const inside = ballsAround.reduce((sum, balls) => sum + (balls > 0 ? 1 : 0), 0);
  return {
    precision: inside / x.rows,
    recall: meanOf(reached),
    density: meanOf(ballsAround) / k,
    coverage: meanOf(covered),
    ballsAround,
    reached,
    covered,
    emptyBalls: [countZeros(radiiX), countZeros(radiiY)],
  };
}

function meanOf(values: Float64Array | Uint8Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function countZeros(values: Float64Array): number {
  let count = 0;
  for (const value of values) if (value === 0) count++;
  return count;
}
