import { randomFor, requireSameCols, ShapeError, toFloat64, unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { resampleCounts } from '../metric/bootstrap.js';
import { requireDirections, requireSets } from '../metric/checks.js';
import { defineMetric, warnIf, type Metric } from '../metric/define-metric.js';
import { relabelingInterval } from '../metric/intervals.js';
import { correctedFrechet } from './corrected-frechet.js';
import { gaussianDistance, gaussianFrom, gaussianOf, resampledGaussian, type FrechetOptions } from './gaussian.js';

/**
 * Fréchet distance between the Gaussians of two sets (FID; Heusel et al. 2017): ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^½), Σ with n − 1.
 * tr (Σ₁ Σ₂)^½ is the sum of singular values of F₁ F₂ᵀ, Σ = Fᵀ F, so nothing is squared that a root would have to undo.
 * @param synthetic n₁ × d, n₁ ≥ 2
 * @param golden n₂ × d, n₂ ≥ 2
 * @returns ≥ 0; in the squared unit of the embeddings
 * @throws ShapeError for different widths, fewer than 2 rows, or a NaN (row named)
 */
export function frechetDistance(synthetic: Matrix, golden: Matrix, options: FrechetOptions = {}): number {
  requireSets('frechetDistance', synthetic, golden, 2);
  const { normalize = false } = options;
  if (normalize) requireDirections('frechetDistance', { synthetic, golden });
  return gaussianDistance(gaussianOf(synthetic, normalize), gaussianOf(golden, normalize));
}

/**
 * Fréchet distances of resampled sets: rows of both drawn independently with replacement. Their mean lies above the distance itself (repeated rows
 * make a set look smaller), so use the basic interval, `intervalOf(point, samples, confidence, 'basic')`. Costs about one distance each.
 * @returns the distance of resample `index`; the same (seed, index) draws the same rows
 */
export function frechetResampler(
  synthetic: Matrix,
  golden: Matrix,
  options: FrechetOptions & { readonly seed?: number } = {},
): (index: number) => number {
  const { normalize = false, seed = 0 } = options;
  requireSets('frechetResampler', synthetic, golden, 2);
  const [x, y] = [synthetic, golden].map((set) => (normalize ? unitRows(toFloat64(set)) : set));
  return (index) =>
    gaussianDistance(
      resampledGaussian(x, resampleCounts(x.rows, randomFor(seed, 'bootstrap-synthetic', index))),
      resampledGaussian(y, resampleCounts(y.rows, randomFor(seed, 'bootstrap-golden', index))),
    );
}

/** Mean and covariance of a set, as computed elsewhere. */
export interface Moments {
  readonly mean: ArrayLike<number>;
  /** d × d, symmetric, positive semi-definite. */
  readonly covariance: Matrix<Float64Array>;
}

/**
 * The same distance from means and covariances.
 * @throws ShapeError when a mean and its covariance, or the two, do not fit
 */
export function frechetDistanceOfMoments(synthetic: Moments, golden: Moments): number {
  const where = 'frechetDistanceOfMoments';
  for (const { mean, covariance } of [synthetic, golden]) {
    if (covariance.rows !== mean.length || covariance.cols !== mean.length) {
      const found = `${covariance.rows} × ${covariance.cols}`;
      const advice = 'Give mean and covariance of the same columns.';
      throw new ShapeError(where, `a ${mean.length} × ${mean.length} covariance`, found, advice);
    }
  }
  requireSets(where, synthetic.covariance, golden.covariance, 1);
  requireSameCols(where, synthetic.covariance, golden.covariance);
  return gaussianDistance(
    gaussianFrom(synthetic.mean, synthetic.covariance),
    gaussianFrom(golden.mean, golden.covariance),
  );
}

/** Rows for each dimension below which the Fréchet distance is mostly correction, and `kid` says more. */
export const ROWS_PER_DIMENSION = 5;

/** Fréchet distance, corrected for the sizes of the sets; the raw one is a part. */
export const frechet: Metric<'frechet'> = defineMetric({
  name: 'frechet',
  facts: {
    title: 'Fréchet distance',
    better: 'lower',
    range: [-Infinity, Infinity],
    needs: 'embeddings',
    of: 'two sets',
    functions: ['correctedFrechet', 'frechetDistance'],
    formula: '‖μ₁−μ₂‖² + tr(Σ₁+Σ₂−2(Σ₁Σ₂)^½), corrected for n; `parts.raw` is not',
    source: 'Heusel 2017',
    cost: '3 s; 0.13 s a resample',
  },
  compute: ({ vectors, settings: { normalize, seed } }) => {
    const both = vectors('frechet');
    const state = correctedFrechet(...both, { seed });
    const n = Math.min(both[0].rows, both[1].rows);
    const d = both[0].cols;
    return {
      value: state.value,
      parts: { raw: state.raw, shownOverlap: state.shown },
      settings: { normalize, covariance: 'n − 1', correction: 'relabeled residuals, 20 times' },
      warnings: warnIf(
        n < ROWS_PER_DIMENSION * d,
        `${n} rows for ${d} dimensions: the raw Fréchet distance is mostly bias here. Prefer kid, or give more rows.`,
      ),
      state,
    };
  },
  resample: ({ pooled }, { settings: { seed } }) => relabelingInterval({ ...pooled, seed }),
});
