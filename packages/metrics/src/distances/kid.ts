import { requireThreads, ShapeError, toFloat64, type Matrix } from '@mixture-of-personas/numeric';
import { squaredNorms } from '@mixture-of-personas/numeric/internal';

import { requireSets } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { isExact } from '../pairs/tiles.js';
import { cubicMmd } from './cubic-means.js';
import { kernelInterval, squaredMmd, type Kernel, type KernelDistanceOptions } from './kernel-means.js';

/** Settings of {@link kid}. */
export interface KidOptions extends KernelDistanceOptions {
  /** Threads to use above 2,000 rows, where there are worker threads (Node); the figure is the same. @defaultValue 1 */
  readonly threads?: number;
}

/** (x·y / d + 1)³, the kernel of KID. */
function cubicKernel(d: number): Kernel {
  return (dot) => {
    const base = dot / d + 1;
    return base * base * base;
  };
}

/**
 * Kernel Inception Distance (Bińkowski et al. 2018): MMD² with k(x, y) = (x·y / d + 1)³ over whole sets.
 * @param synthetic n₁ × d, n₁ ≥ 2
 * @param golden n₂ × d, n₂ ≥ 2
 * @returns around 0 for equal distributions (below 0 by chance unless `biased`)
 * @throws ShapeError for different widths, fewer than 2 rows, or a NaN (row named)
 */
export function kid(synthetic: Matrix, golden: Matrix, options: KidOptions = {}): number {
  requireSets('kid', synthetic, golden, 2);
  const { biased = false, precision = 'auto', threads = 1 } = options;
  requireThreads('kid', threads);
  requireCubes('synthetic', synthetic);
  requireCubes('golden', golden);
  const fast = isExact(precision, synthetic, golden) ? null : cubicMmd(synthetic, golden, { biased, threads });
  const exactly = (): number =>
    squaredMmd(toFloat64(synthetic), toFloat64(golden), cubicKernel(golden.cols), { biased, precision: 'float64' });
  return fast ?? exactly();
}

/** Beyond this length cubes of |x|² would overflow; float32 numbers do not get there. */
const LONGEST = 1e45;

function requireCubes(name: string, set: Matrix): void {
  if (set.data instanceof Float32Array) return;
  const row = squaredNorms(set).findIndex((square) => square > LONGEST * LONGEST);
  if (row >= 0) {
    const advice = 'Scale the embeddings down.';
    throw new ShapeError('kid', `rows up to ${LONGEST} long in ${name}`, `a longer row ${row}`, advice);
  }
}

/** Kernel distance with the cubic kernel. */
export const kernelInception: Metric<'kid'> = defineMetric({
  name: 'kid',
  facts: {
    title: 'Kernel distance (cubic)',
    better: 'lower',
    range: [-Infinity, Infinity],
    needs: 'embeddings',
    of: 'two sets',
    functions: ['kid'],
    formula: 'MMD², k = (x·y/d + 1)³, unbiased',
    source: 'Bińkowski 2018',
    cost: '0.7 s; 1 s',
  },
  compute: ({ vectors, settings }) => {
    const both = vectors('kid');
    const { normalize, precision, threads } = settings;
    return {
      value: kid(...both, { precision, threads }),
      settings: { kernel: '(x·y/d + 1)³', estimator: 'unbiased', normalize, precision },
      state: both,
    };
  },
  resample: (both, { settings: { seed } }) => kernelInterval(both, cubicKernel(both[0].cols), seed),
});
