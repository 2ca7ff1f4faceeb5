import type { Matrix } from '@mixture-of-personas/numeric';

import { requirePositive, requireSets } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { kernelInterval, squaredMmd, type Kernel, type KernelDistanceOptions } from './kernel-means.js';
import { medianSquaredDistance } from './median-distance.js';

/** Settings of {@link mmd}. */
export interface MmdOptions extends KernelDistanceOptions {
  /**
   * s in exp(−‖x − y‖² / s), > 0; `median` is the median squared distance over all pairs of the pooled rows (of 4,000 evenly spaced ones when
   * there are more). @defaultValue 'median'
   */
  readonly bandwidth?: number | 'median';
}

/** exp(−‖x − y‖² / s). */
function gaussianKernel(s: number): Kernel {
  return (dot, squaredX, squaredY) => Math.exp(-Math.max(0, squaredX + squaredY - 2 * dot) / s);
}

/**
 * Squared maximum mean discrepancy with a Gaussian kernel (Gretton et al. 2012): k(x, y) = exp(−‖x − y‖² / s).
 * @param synthetic n₁ × d, n₁ ≥ 2
 * @param golden n₂ × d, n₂ ≥ 2
 * @returns around 0 for equal distributions, at most 2
 * @throws ShapeError as `kid`; SettingError for a bandwidth of 0 or less
 */
export function mmd(synthetic: Matrix, golden: Matrix, options: MmdOptions = {}): number {
  requireSets('mmd', synthetic, golden, 2);
  const { bandwidth = 'median' } = options;
  if (bandwidth !== 'median') requirePositive('mmd', 'bandwidth', bandwidth);
  const s = bandwidth === 'median' ? medianSquaredDistance(synthetic, golden) : bandwidth;
  if (s === 0) return 0; // more than half of all pooled pairs coincide: no length to measure by
  return squaredMmd(synthetic, golden, gaussianKernel(s), options);
}

/** MMD² with the Gaussian kernel. */
export const gaussianMmd: Metric<'mmd'> = defineMetric({
  name: 'mmd',
  facts: {
    title: 'MMD² (Gaussian kernel)',
    better: 'lower',
    range: [-Infinity, 2],
    needs: 'embeddings',
    of: 'two sets',
    functions: ['mmd'],
    formula: 'MMD², k = e^{−‖x−y‖²/s}, s the median',
    source: 'Gretton 2012',
    cost: '2 s; 1 s',
  },
  compute: ({ vectors, settings: { normalize, precision } }) => {
    const both = vectors('mmd');
    const bandwidth = medianSquaredDistance(...both);
    return {
      value: bandwidth === 0 ? 0 : mmd(...both, { precision, bandwidth }),
      settings: { kernel: 'exp(−‖x − y‖²/s)', bandwidth, estimator: 'unbiased', normalize, precision },
      warnings: bandwidth === 0 ? ['Most pooled pairs of rows coincide: there is no length to measure by.'] : [],
      state: { both, bandwidth },
    };
  },
  resample: ({ both, bandwidth }, { settings: { seed } }) =>
    bandwidth === 0 ? undefined : kernelInterval(both, gaussianKernel(bandwidth), seed),
});
