import { randomFor, sampleWithoutReplacement, SettingError, takeRows, type Matrix } from '@mixture-of-personas/numeric';
import { meanOf, stacked } from '@mixture-of-personas/numeric/internal';

import { requireCount, requireDirections, requireSets } from '../metric/checks.js';
import { defineMetric, warnIf, type Metric } from '../metric/define-metric.js';
import { relabelingInterval } from '../metric/intervals.js';
import { rowsOf } from '../pairs/tiles.js';
import { gaussianDistance, gaussianOf, type FrechetOptions } from './gaussian.js';
import { residualsOf } from './pooled.js';

/** Settings of {@link frechetInfinity}. */
export interface FrechetInfinityOptions extends FrechetOptions {
  /** Sizes between a quarter of the smaller set and all of it, ≥ 2. @defaultValue 8 */
  readonly sizes?: number;
  /** Shuffles rows before taking prefixes; null takes rows as they come. @defaultValue 0 */
  readonly seed?: number | null;
}

/** The line fitted through Fréchet distances of growing prefixes. */
export interface FrechetInfinity {
  /** a in FID ≈ a + b/m: the distance at infinitely many rows. Around 0, and below it by chance, for equal distributions. */
  readonly intercept: number;
  /** b: the bias a row's worth. */
  readonly slope: number;
  readonly sizes: readonly number[];
  readonly distances: readonly number[];
}

/**
 * FID∞ (Chong & Forsyth 2020): the Fréchet distance grows by about b/m on m rows; a least-squares line in 1/m takes that bias off.
 * @param synthetic n₁ × d
 * @param golden n₂ × d; the smaller set must have at least 8 rows
 * @throws ShapeError as `frechetDistance`; SettingError for the sizes
 */
export function frechetInfinity(
  synthetic: Matrix,
  golden: Matrix,
  options: FrechetInfinityOptions = {},
): FrechetInfinity {
  const where = 'frechetInfinity';
  const { sizes: count = 8, seed = 0, normalize = false } = options;
  requireSets(where, synthetic, golden, 8);
  requireCount(where, 'sizes', count, 2);
  if (normalize) requireDirections(where, { synthetic, golden });
  const most = Math.min(synthetic.rows, golden.rows);
  const least = Math.floor(most / 4);
  const sizes = Array.from({ length: count }, (_, i) => Math.floor(least + (i * (most - least)) / (count - 1)));
  if (new Set(sizes).size < count) throw new SettingError(where, 'sizes', `at most ${most - least + 1}`, count);
  const x = seed === null ? synthetic : shuffledRows(synthetic, seed, 0);
  const y = seed === null ? golden : shuffledRows(golden, seed, 1);
  const distances = sizes.map((m) =>
    gaussianDistance(gaussianOf(rowsOf(x, 0, m), normalize), gaussianOf(rowsOf(y, 0, m), normalize)),
  );
  const inverses = sizes.map((m) => 1 / m);
  return { ...lineThrough(inverses, distances), sizes, distances };
}

function shuffledRows(set: Matrix, seed: number, side: number): Matrix {
  return takeRows(set, sampleWithoutReplacement(set.rows, set.rows, randomFor(seed, 'frechet-infinity', side)));
}

/** Ordinary least squares y = intercept + slope x. */
function lineThrough(x: readonly number[], y: readonly number[]): { intercept: number; slope: number } {
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let [cross, square] = [0, 0];
  x.forEach((value, i) => {
    cross += (value - meanX) * (y[i] - meanY);
    square += (value - meanX) ** 2;
  });
  const slope = cross / square;
  return { intercept: meanY - slope * meanX, slope };
}

/** Rows of which a group can be left out and eight sizes remain. */
const FEWEST_ROWS = 40;
/** Resamples at most: each takes as long as eight distances. */
const MOST_RESAMPLES = 24;

/** FID∞. */
export const frechetAtInfinity: Metric<'frechet-infinity'> = defineMetric({
  name: 'frechet-infinity',
  facts: {
    title: 'Fréchet distance at infinitely many rows',
    better: 'lower',
    range: [-Infinity, Infinity],
    needs: 'embeddings',
    of: 'two sets',
    functions: ['frechetInfinity'],
    formula: 'intercept of FID ≈ a + b/m over 8 sizes m',
    source: 'Chong & Forsyth 2020',
    cost: '0.5 s; 24 resamples',
  },
  compute: ({ vectors, settings: { normalize, seed } }) => {
    const both = vectors('frechet-infinity');
    const { intercept, slope, sizes } = frechetInfinity(...both, { seed });
    const d = both[0].cols;
    return {
      value: intercept,
      parts: { slope },
      settings: { normalize, sizes },
      warnings: warnIf(
        sizes[0] <= 2 * d,
        `From ${sizes[0]} rows for ${d} dimensions: the distance does not fall as b/m there, so the intercept is biased. Use frechet or kid.`,
      ),
      state: both,
    };
  },
  resample: ([x, y], { settings: { seed } }) => {
    if (Math.min(x.rows, y.rows) < FEWEST_ROWS) return undefined;
    const [rows, residuals] = [stacked(x, y), stacked(residualsOf(x), residualsOf(y))];
    const metric =
      (pool: Matrix) =>
      ([own, other]: readonly [Int32Array, Int32Array]): number =>
        frechetInfinity(takeRows(pool, own), takeRows(pool, other), { seed }).intercept;
    const interval = relabelingInterval({
      sizes: [x.rows, y.rows],
      seed,
      without: metric(rows),
      relabeled: metric(residuals),
    });
    return interval && { ...interval, count: (resamples) => Math.min(MOST_RESAMPLES, interval.count(resamples)) };
  },
});
