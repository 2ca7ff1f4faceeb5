import { requireThreads, type Matrix } from '@mixture-of-personas/numeric';

import { requireSets } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { percentileBootstrap } from '../metric/intervals.js';
import { resampledMean } from '../metric/means.js';
import { kthNeighborWithin, rowPairs, type NeighborOptions } from '../pairs/row-pairs.js';

/** The outcome of a nearest-neighbor two-sample test. */
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
export function nearestNeighborTest(synthetic: Matrix, golden: Matrix, options: NeighborOptions = {}): TwoSample {
  requireSets('nearestNeighborTest', synthetic, golden, 2);
  requireThreads('nearestNeighborTest', options.threads ?? 1);
  const pairs = rowPairs(synthetic, golden, options);
  const acrossX = new Float64Array(synthetic.rows).fill(Infinity);
  const acrossY = new Float64Array(golden.rows).fill(Infinity);
  const keepNearest = (i: number, j: number, squared: number): void => {
    acrossX[i] = Math.min(acrossX[i], squared);
    acrossY[j] = Math.min(acrossY[j], squared);
  };
  pairs.visit([0, 1], [acrossX, acrossY], keepNearest, 1);
  const correct = new Uint8Array(synthetic.rows + golden.rows);
  kthNeighborWithin(pairs, 0, synthetic.rows, 1).forEach((squared, i) => (correct[i] = squared < acrossX[i] ? 1 : 0));
  kthNeighborWithin(pairs, 1, golden.rows, 1).forEach(
    (squared, j) => (correct[synthetic.rows + j] = squared < acrossY[j] ? 1 : 0),
  );
  pairs.close();
  const sum = (from: number, to: number): number => correct.subarray(from, to).reduce((a, b) => a + b, 0);
  return {
    accuracy: sum(0, correct.length) / correct.length,
    onSynthetic: sum(0, synthetic.rows) / synthetic.rows,
    onGolden: sum(synthetic.rows, correct.length) / golden.rows,
    correct,
  };
}

/** 1-NN two-sample test. */
export const twoSample: Metric<'c2st'> = defineMetric({
  name: 'c2st',
  facts: {
    title: 'Two-sample test (1-NN accuracy)',
    better: 'target',
    range: [0, 1],
    needs: 'embeddings',
    of: 'two sets',
    functions: ['nearestNeighborTest'],
    formula: 'leave-one-out 1-NN accuracy, synthetic against golden; 0.5 is best, below it are copies',
    source: 'Lopez-Paz & Oquab 2017',
    cost: '0.8 s; little',
  },
  compute: ({ vectors, settings }) => {
    const both = vectors('c2st');
    const { normalize, precision } = settings;
    const { accuracy, onSynthetic, onGolden, correct } = nearestNeighborTest(...both, settings);
    const [n, m] = [both[0].rows, both[1].rows];
    const chance = (n * (n - 1) + m * (m - 1)) / ((n + m) * (n + m - 1));
    return {
      value: accuracy,
      parts: { onSynthetic, onGolden, chance },
      settings: { classifier: '1-NN, leave one out', normalize, precision },
      warnings:
        Math.max(n, m) > 1.5 * Math.min(n, m)
          ? [`The sets differ in size: sets that cannot be told apart score ${chance.toFixed(3)}, not 0.5.`]
          : [],
      state: correct,
    };
  },
  resample: (correct, { settings: { seed } }) => percentileBootstrap('decisions', resampledMean(correct, seed)),
});
