import { takeRows, toFloat64, unitRows, type Matrix } from '@mixture-of-personas/numeric';
import { stacked } from '@mixture-of-personas/numeric/internal';

import { requireCount, requireDirections, requireSets } from '../metric/checks.js';
import { relabeledRows, type PooledMetric, type PooledRows } from '../metric/intervals.js';
import { gaussianDistance, gaussianOf, overlapOf, type FrechetOptions, type Gaussian } from './gaussian.js';
import { residualsOf } from './pooled.js';

/** Settings of {@link correctedFrechet}. */
export interface CorrectedFrechetOptions extends FrechetOptions {
  /** Random relabelings of the pooled rows that the correction is a mean over. @defaultValue 20 */
  readonly relabelings?: number;
  /** @defaultValue 0 */
  readonly seed?: number;
}

/** The Fréchet distance without the bias of finite sets. */
export interface CorrectedFrechet {
  /** Around 0, and below it by chance, for equal distributions at any n and d. */
  readonly value: number;
  /** `frechetDistance` of the same sets. */
  readonly raw: number;
  /** Share of tr (Σ₁ Σ₂)^½ that sets of these sizes show where Σ₁ = Σ₂: 1 for very many rows. */
  readonly shown: number;
  /** For the interval; internal. */
  readonly pooled: Omit<PooledMetric, 'seed'>;
}

/**
 * Fréchet distance corrected for the sizes of the sets: ‖μ₁ − μ₂‖² − tr Σ₁/n₁ − tr Σ₂/n₂ + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁ Σ₂)^½ / ρ. The means and traces are
 * corrected exactly; ρ is the mean of tr (S₁ S₂)^½ over relabelings of the pooled centered rows, divided by the trace of their covariance. So the expectation
 * is 0 for equal distributions at any sizes, n < d included, where extrapolation in 1/n fails (decision 0110).
 * @param synthetic n₁ × d, n₁ ≥ 2
 * @param golden n₂ × d, n₂ ≥ 2
 * @throws ShapeError as `frechetDistance`; SettingError for the relabelings
 */
export function correctedFrechet(
  synthetic: Matrix,
  golden: Matrix,
  options: CorrectedFrechetOptions = {},
): CorrectedFrechet {
  const where = 'correctedFrechet';
  const { normalize = false, relabelings = 20, seed = 0 } = options;
  requireSets(where, synthetic, golden, 2);
  requireCount(where, 'relabelings', relabelings, 1);
  if (normalize) requireDirections(where, { synthetic, golden });
  const [x, y] = [synthetic, golden].map((set) => (normalize ? unitRows(toFloat64(set)) : set));
  const sizes = [x.rows, y.rows] as const;
  const gaussiansOf = (pool: Matrix, [own, other]: PooledRows): Gaussians => [
    gaussianOf(takeRows(pool, own)),
    gaussianOf(takeRows(pool, other)),
  ];
  const residuals = stacked(residualsOf(x), residualsOf(y));
  let shown = 0;
  for (let r = 0; r < relabelings; r++) {
    const both = gaussiansOf(residuals, relabeledRows(sizes, seed, r, 'frechet-relabeling'));
    shown += overlapOf(...both) / Math.sqrt(both[0].trace * both[1].trace) / relabelings;
  }
  if (!(shown > 0)) shown = 1; // where all rows of a set are equal, nothing overlaps
  const both: Gaussians = [gaussianOf(x), gaussianOf(y)];
  const rows = stacked(x, y);
  const ofParts = (pool: Matrix) => (part: PooledRows) =>
    correctedDistance(gaussiansOf(pool, part), [part[0].length, part[1].length], shown);
  return {
    value: correctedDistance(both, sizes, shown),
    raw: gaussianDistance(...both),
    shown,
    pooled: { sizes, relabeled: ofParts(residuals), without: ofParts(rows) },
  };
}

type Gaussians = [Gaussian, Gaussian];

function correctedDistance([a, b]: Gaussians, [m, n]: readonly [number, number], shown: number): number {
  let squared = 0;
  for (let j = 0; j < a.mean.length; j++) squared += (a.mean[j] - b.mean[j]) ** 2;
  return squared - a.trace / m - b.trace / n + a.trace + b.trace - (2 * overlapOf(a, b)) / shown;
}
