import { sampleWithoutReplacement, takeRows, type Matrix, type Random } from '@mixture-of-personas/numeric';

/**
 * Kinds of interval. `basic` is 2 · point − percentile: for figures that resampling shifts (Fréchet distance, MAUVE, divergences), because
 * repeated rows make a sample look smaller than it is; the plain percentile interval can then miss its own point. `percentile` for means
 * over rows. `normal` is point ± z · standard deviation.
 */
export type IntervalMethod = 'basic' | 'percentile' | 'normal';

/** Rows of either set that intervals of metrics over pairs of rows are computed from. */
const MOST_ROWS = 1000;

/** At most 1,000 rows of a set, drawn without replacement. */
export function someRows(set: Matrix, random: Random): Matrix {
  return set.rows <= MOST_ROWS ? set : takeRows(set, sampleWithoutReplacement(set.rows, MOST_ROWS, random));
}

/** Number of times that each of n rows is drawn when n are drawn with replacement. */
export function resampleCounts(n: number, random: Random): Int32Array {
  const counts = new Int32Array(n);
  for (let i = 0; i < n; i++) counts[Math.floor(random() * n)]++;
  return counts;
}

/**
 * The interval that resampled values give.
 * @param point the figure itself
 * @param samples its values on resampled rows, at least 2
 * @param confidence the probability aimed at, in (0, 1)
 * @param method see {@link IntervalMethod}
 */
export function intervalOf(
  point: number,
  samples: ArrayLike<number>,
  confidence: number,
  method: IntervalMethod,
): [number, number] {
  const sorted = Float64Array.from(samples).sort();
  const low = quantile(sorted, (1 - confidence) / 2);
  const high = quantile(sorted, (1 + confidence) / 2);
  switch (method) {
    case 'percentile':
      return [low, high];
    case 'basic':
      return [2 * point - high, 2 * point - low];
    case 'normal': {
      const threshold = normalQuantile((1 + confidence) / 2) * standardDeviation(sorted);
      return [point - threshold, point + threshold];
    }
  }
}

/** Linear interpolation between order statistics, as numpy's default. @param sorted ascending, at least one */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** √(Σ (x − mean)² / (n − 1)); 0 for fewer than two. */
export function standardDeviation(values: ArrayLike<number>): number {
  const n = values.length;
  if (n < 2) return 0;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (values[i] - mean) ** 2;
  return Math.sqrt(sum / (n - 1));
}

/** z with Φ(z) = share, for share in (0, 1): Newton steps on Φ, whose derivative is the density. */
export function normalQuantile(share: number): number {
  let z = 0;
  for (let step = 0; step < 60; step++) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const move = (share - normalCdf(z)) / density;
    z += Math.max(-1, Math.min(1, move));
    if (Math.abs(move) < 1e-12) break;
  }
  return z;
}

/** Φ(z) = ½ + φ(z) (z + z³/3 + z⁵/15 + …): converges for every z, and is exact to rounding for |z| < 6. */
function normalCdf(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
