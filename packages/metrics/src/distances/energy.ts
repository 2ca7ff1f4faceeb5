import type { Matrix } from '@mixture-of-personas/numeric';

import { requireSets } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { aroundGolden, inPrecision } from '../pairs/tiles.js';
import { kernelInterval, meanAcross, meanWithin, type Kernel, type KernelDistanceOptions } from './kernel-means.js';

/** ‖x − y‖. A squared distance below the rounding of ‖x‖² + ‖y‖² is a copy's: its root would be 1e-8 and not 0. */
const euclidean: Kernel = (dot, squaredX, squaredY) => {
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

/** Energy distance: the squared MMD of the kernel −‖x − y‖. */
export const energy: Metric<'energy'> = defineMetric({
  name: 'energy',
  facts: {
    title: 'Energy distance',
    better: 'lower',
    range: [-Infinity, Infinity],
    needs: 'embeddings',
    of: 'two sets',
    functions: ['energyDistance'],
    formula: '2E‖X−Y‖ − E‖X−X′‖ − E‖Y−Y′‖, unbiased',
    source: 'Székely & Rizzo 2013',
    cost: '1.3 s; 1 s',
  },
  compute: ({ vectors, settings: { normalize, precision } }) => {
    const both = vectors('energy');
    return {
      value: energyDistance(...both, { precision }),
      settings: { estimator: 'unbiased', normalize, precision },
      state: both,
    };
  },
  resample: (both, { settings: { seed } }) =>
    kernelInterval(both, (dot, squaredX, squaredY) => -euclidean(dot, squaredX, squaredY), seed),
});
