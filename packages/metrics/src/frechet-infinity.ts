import { randomFor, sampleWithoutReplacement, SettingError, takeRows, type Matrix } from '@mixture-of-personas/numeric';

import { requireCount, requireDirections, requireSets } from './checks.js';
import { gaussianDistance, type FrechetOptions } from './frechet.js';
import { gaussianOf } from './gaussian.js';
import { rowsOf } from './tiles.js';

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
  if (normalize) {
    requireDirections(where, 'synthetic', synthetic);
    requireDirections(where, 'golden', golden);
  }
  const most = Math.min(synthetic.rows, golden.rows);
  const least = Math.floor(most / 4);
  const sizes = Array.from({ length: count }, (_, i) => Math.floor(least + (i * (most - least)) / (count - 1)));
  if (new Set(sizes).size < count) throw new SettingError(where, 'sizes', `at most ${most - least + 1}`, count);
  const x = seed === null ? synthetic : shuffledRows(synthetic, seed, 0);
  const y = seed === null ? golden : shuffledRows(golden, seed, 1);
  const distances = sizes.map((m) =>
    gaussianDistance(gaussianOf(rowsOf(x, 0, m), normalize), gaussianOf(rowsOf(y, 0, m), normalize)),
  );
  return {
    ...lineThrough(
      sizes.map((m) => 1 / m),
      distances,
    ),
    sizes,
    distances,
  };
}

function shuffledRows(set: Matrix, seed: number, side: number): Matrix {
  return takeRows(set, sampleWithoutReplacement(set.rows, set.rows, randomFor(seed, 'frechet-infinity', side)));
}

/** Ordinary least squares y = intercept + slope x. */
function lineThrough(x: readonly number[], y: readonly number[]): { intercept: number; slope: number } {
  const meanX = x.reduce((a, b) => a + b, 0) / x.length;
  const meanY = y.reduce((a, b) => a + b, 0) / y.length;
  let cross = 0;
  let square = 0;
  x.forEach((value, i) => {
    cross += (value - meanX) * (y[i] - meanY);
    square += (value - meanX) ** 2;
  });
  const slope = cross / square;
  return { intercept: meanY - slope * meanX, slope };
}
