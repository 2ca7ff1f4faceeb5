import type { Matrix } from '@mixture-of-personas/numeric';

import { requireSets } from './checks.js';
import { aroundGolden } from './energy.js';
import { distanceTiles, kthNeighbourWithin } from './neighbours.js';
import { inPrecision, type Precision } from './tiles.js';

/** The outcome of a nearest-neighbour two-sample test. */
export interface TwoSample {
  /** Share of all rows whose nearest other row is of the same set: 0.5 when the sets cannot be told apart, 1 when they are apart. */
  readonly accuracy: number;
  /** The same share over synthetic rows alone; below 0.5 when synthetic rows sit on golden ones (copies). */
  readonly onSynthetic: number;
  readonly onGolden: number;
  /** n₁ + n₂ flags, synthetic first: the nearest other row is of the same set. */
  readonly correct: Uint8Array;
}

/**
 * Classifier two-sample test with leave-one-out 1-NN (Lopez-Paz & Oquab 2017). A tie counts for the other set.
 * @param synthetic n₁ × d, n₁ ≥ 2
 * @param golden n₂ × d, n₂ ≥ 2; with unequal sizes chance is not 0.5
 * @throws ShapeError for different widths, fewer than 2 rows, or a NaN (row named)
 */
export function nearestNeighbourTest(
  synthetic: Matrix,
  golden: Matrix,
  options: { readonly precision?: Precision } = {},
): TwoSample {
  requireSets('nearestNeighbourTest', synthetic, golden, 2);
  const [x, y] = inPrecision(options.precision ?? 'auto', ...aroundGolden(synthetic, golden));
  const acrossX = new Float64Array(x.rows).fill(Infinity);
  const acrossY = new Float64Array(y.rows).fill(Infinity);
  for (const { fromA, fromB, products } of distanceTiles(x, y)) {
    const { data, rows, cols } = products;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) {
        const squared = data[i * cols + j];
        if (squared < acrossX[fromA + i]) acrossX[fromA + i] = squared;
        if (squared < acrossY[fromB + j]) acrossY[fromB + j] = squared;
      }
    }
  }
  const correct = new Uint8Array(x.rows + y.rows);
  kthNeighbourWithin(x, 1).forEach((squared, i) => (correct[i] = squared < acrossX[i] ? 1 : 0));
  kthNeighbourWithin(y, 1).forEach((squared, j) => (correct[x.rows + j] = squared < acrossY[j] ? 1 : 0));
  const sum = (from: number, to: number): number => correct.subarray(from, to).reduce((a, b) => a + b, 0);
  return {
    accuracy: sum(0, correct.length) / correct.length,
    onSynthetic: sum(0, x.rows) / x.rows,
    onGolden: sum(x.rows, correct.length) / y.rows,
    correct,
  };
}
