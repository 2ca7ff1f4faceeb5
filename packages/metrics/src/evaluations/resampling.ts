import { randomFor, sampleWithoutReplacement, takeRows, type Matrix } from '@mixture-of-personas/numeric';

import { resampleCounts } from '../bootstrap.js';
import type { Both } from './ready-sets.js';

/** Rows of either set that pairwise figures are resampled on; their spread is scaled to the full size. */
const MOST_ROWS = 1000;

/** Both sets with their rows drawn with replacement: resample `index` of a figure that is computed anew on each. */
export function resampledRows(both: Both<Matrix>, seed: number, index: number): Both<Matrix> {
  const drawn = (set: Matrix, side: number): Matrix => {
    const random = randomFor(seed, 'bootstrap-rows', 2 * index + side);
    return takeRows(
      set,
      Int32Array.from({ length: set.rows }, () => Math.floor(random() * set.rows)),
    );
  };
  return [drawn(both[0], 0), drawn(both[1], 1)];
}

/** Mean of `values` over rows drawn with replacement. */
export function resampledMean(values: ArrayLike<number>, seed: number): (index: number) => number {
  return (index) => {
    const random = randomFor(seed, 'bootstrap-mean', index);
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)];
    return sum / values.length;
  };
}

/**
 * Resamples a figure made of pairs of rows. The figure is computed on at most 1,000 rows of each set with row weights; its deviations from the one with
 * equal weights are scaled by √((1/n₁ + 1/n₂) / (1/m₁ + 1/m₂)) and added to the figure itself.
 * @param value the figure on all rows
 * @param prepare from the chosen rows to a function of the two rows' weights
 */
export function pairResampler(
  value: number,
  [synthetic, golden]: Both<Matrix>,
  seed: number,
  prepare: (rows: Both<Matrix>) => (weights: Both<Int32Array>) => number,
): (index: number) => number {
  const x = someRows(synthetic, seed, 'bootstrap-rows-synthetic');
  const y = someRows(golden, seed, 'bootstrap-rows-golden');
  const scale = Math.sqrt((1 / synthetic.rows + 1 / golden.rows) / (1 / x.rows + 1 / y.rows));
  let ready: { readonly at: (weights: Both<Int32Array>) => number; readonly centre: number } | undefined;
  return (index) => {
    if (!ready) {
      const at = prepare([x, y]);
      ready = { at, centre: at([new Int32Array(x.rows).fill(1), new Int32Array(y.rows).fill(1)]) };
    }
    const drawn = ready.at([
      resampleCounts(x.rows, randomFor(seed, 'bootstrap-synthetic', index)),
      resampleCounts(y.rows, randomFor(seed, 'bootstrap-golden', index)),
    ]);
    return value + scale * (drawn - ready.centre);
  };
}

function someRows(set: Matrix, seed: number, purpose: string): Matrix {
  if (set.rows <= MOST_ROWS) return set;
  return takeRows(set, sampleWithoutReplacement(set.rows, MOST_ROWS, randomFor(seed, purpose, 0)));
}
