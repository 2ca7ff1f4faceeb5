import {
  multiplyByTranspose,
  randomFor,
  toFloat64,
  unitRows,
  type Matrix,
  type Random,
} from '@mixture-of-personas/numeric';

import { resampleCounts, someRows } from '../metric/bootstrap.js';
import type { Both } from '../metric/ready-sets.js';
import { histogramKl } from './histogram-kl.js';

/**
 * Values of the KL of cosine histograms on resampled rows: of at most 1,000 rows of each set, with row weights. Deviations from the value with equal
 * weights are scaled by √((1/n₁ + 1/n₂) / (1/m₁ + 1/m₂)) and added to the value of all rows.
 */
export function cosineResampler(
  value: number,
  [synthetic, golden]: Both<Matrix>,
  { bins, epsilon, seed }: { readonly bins: number; readonly epsilon: number; readonly seed: number },
): (index: number) => number {
  const x = someRows(synthetic, randomFor(seed, 'bootstrap-rows-synthetic', 0));
  const y = someRows(golden, randomFor(seed, 'bootstrap-rows-golden', 0));
  const scale = Math.sqrt((1 / synthetic.rows + 1 / golden.rows) / (1 / x.rows + 1 / y.rows));
  const [p, q] = [binsOfPairs(x, bins), binsOfPairs(y, bins)];
  const at = (w: Int32Array, v: Int32Array): number =>
    histogramKl(weightedHistogram(p, w, bins), weightedHistogram(q, v, bins), epsilon);
  const center = at(new Int32Array(x.rows).fill(1), new Int32Array(y.rows).fill(1));
  return (index) => {
    const drawn = at(
      countsWithPairs(x.rows, randomFor(seed, 'bootstrap-synthetic', index)),
      countsWithPairs(y.rows, randomFor(seed, 'bootstrap-golden', index)),
    );
    return value + scale * (drawn - center);
  };
}

/** Drawn again while one row is all that is drawn, which has no pair. */
function countsWithPairs(n: number, random: Random): Int32Array {
  for (;;) {
    const counts = resampleCounts(n, random);
    if (!counts.includes(n)) return counts;
  }
}

/** The bin of every pair i < j, row by row. */
function binsOfPairs(set: Matrix, bins: number): Int32Array {
  const unit = unitRows(toFloat64(set));
  const { data, rows: n } = multiplyByTranspose(unit, unit);
  const out = new Int32Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      out[at++] = Math.max(0, Math.min(bins - 1, Math.floor(((data[i * n + j] + 1) / 2) * bins)));
    }
  }
  return out;
}

function weightedHistogram(pairBins: Int32Array, weights: Int32Array, bins: number): Float64Array {
  const counts = new Float64Array(bins);
  const n = weights.length;
  let at = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights[i];
    if (weight === 0) at += n - i - 1;
    else for (let j = i + 1; j < n; j++) counts[pairBins[at++]] += weight * weights[j];
  }
  return counts;
}
