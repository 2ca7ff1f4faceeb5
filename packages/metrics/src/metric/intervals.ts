import { randomFor, sampleWithoutReplacement } from '@mixture-of-personas/numeric';

import { intervalOf, normalQuantile, standardDeviation } from './bootstrap.js';
import type { Resampling } from './define-metric.js';

/** Percentiles of values on resampled rows: for means over rows, which resampling does not shift. */
export function percentileBootstrap(over: string, sample: (index: number) => number): Resampling {
  return bootstrap(`percentile bootstrap over ${over}`, sample, 'percentile');
}

/** Value ± z standard deviations of values on resampled rows: sampling spread alone, whatever resampling shifts. */
export function normalBootstrap(over: string, sample: (index: number) => number): Resampling {
  return bootstrap(`value ± z standard deviations of a bootstrap over ${over}`, sample, 'normal');
}

function bootstrap(method: string, sample: (index: number) => number, kind: 'percentile' | 'normal'): Resampling {
  const interval: Resampling['interval'] = (value, samples, confidence) => intervalOf(value, samples, confidence, kind);
  return { method, count: (resamples) => resamples, sample, interval };
}

/**
 * Wilson's interval of a share of rows: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n). Where no row counts, or every row does, resampled rows
 * vary by nothing, and this interval still has a width.
 * @param n rows, at least 1
 */
export function shareInterval(over: string, n: number): Resampling {
  return {
    method: `Wilson's interval of a share of ${over}`,
    count: () => 0,
    sample: () => 0,
    interval: (share, _, confidence) => {
      const z = normalQuantile((1 + confidence) / 2);
      const [low, high] = around(
        share + z ** 2 / (2 * n),
        Math.sqrt((share * (1 - share)) / n + (z / (2 * n)) ** 2),
        confidence,
      );
      const scale = 1 + z ** 2 / n;
      return [low / scale, high / scale];
    },
  };
}

/** Value ± z standard errors, where an error is known without resampling. */
export function knownError(method: string, error: number): Resampling {
  return { method, count: () => 0, sample: () => error, interval: (value, _, share) => around(value, error, share) };
}

/** Row numbers in the pool of both sets: synthetic's are 0 … m − 1, golden's m … m + n − 1. */
export type PooledRows = readonly [x: Int32Array, y: Int32Array];

/** Two sets as one pool, and a metric of any two parts of it. */
export interface PooledMetric {
  /** Rows of synthetic and of golden. */
  readonly sizes: readonly [m: number, n: number];
  readonly seed: number;
  /** (1/n₁ + 1/n₂) / (1/m + 1/n), where m and n rows stand for n₁ and n₂. @defaultValue 1 */
  readonly shrink?: number;
  /** The metric of the sets without some of their rows. */
  readonly without: (rows: PooledRows) => number;
  /** The metric of m and n rows drawn from the pool as if there were no difference. */
  readonly relabeled: (rows: PooledRows) => number;
}

const FEWEST_ROWS = 8;

/**
 * Interval of a metric that compares two sets and is degenerate where they are alike: there a bootstrap overstates its spread. V₀ is the variance over random
 * relabelings of the pooled rows, exact for equal distributions at any m, n and d. A jackknife over groups of rows has variance J; the same jackknife of
 * relabeled rows has J₀, and J − J₀ is the linear part, which unlike sets add. The interval is value ± z √(V₀ + J − J₀) (decision 0110).
 * @returns undefined for fewer than 8 rows on a side, of which no group can be spared
 */
export function relabelingInterval({
  sizes,
  seed,
  shrink = 1,
  without,
  relabeled,
}: PooledMetric): Resampling | undefined {
  if (Math.min(...sizes) < FEWEST_ROWS) return undefined;
  const groupsOf = (samples: number): number => Math.max(2, Math.min(Math.floor(0.15 * samples), ...sizes));
  return {
    method: 'value ± z standard errors by relabeling the pooled rows and a jackknife over groups of rows',
    count: (resamples) => Math.max(12, resamples),
    sample: (index, samples) => {
      const groups = groupsOf(samples);
      const group = { groups, index: index % (2 * groups) };
      if (index < 2 * groups) return without(withoutGroup(shuffledRows(sizes, seed), group));
      if (index < 4 * groups) return relabeled(withoutGroup(relabeledRows(sizes, seed, 0, 'jackknife'), group));
      return relabeled(relabeledRows(sizes, seed, index));
    },
    interval: (value, samples, confidence) => {
      const g = groupsOf(samples.length);
      const [given, alike] = [jackknifeVariance(samples, g), jackknifeVariance(samples.subarray(2 * g), g)];
      const spread = standardDeviation(samples.subarray(4 * g)) ** 2;
      // Both jackknives vary by √(1 / (g − 1)) of themselves: half of the error of their difference is no sign of a linear part.
      const linear = given > alike * (1 + Math.sqrt(0.5 / (g - 1))) ? given - alike : 0;
      return around(value, Math.sqrt(shrink ** 2 * spread + shrink * linear), confidence);
    },
  };
}

/** (g − 1)/g Σ (θ₋ₖ − mean)² of either side, added up; g values of synthetic come first. */
function jackknifeVariance(samples: Float64Array, g: number): number {
  const sides = [samples.subarray(0, g), samples.subarray(g, 2 * g)];
  return sides.reduce((sum, side) => sum + ((g - 1) ** 2 / g) * standardDeviation(side) ** 2, 0);
}

/** m and n rows of the pool, drawn without replacement; the same (seed, index) draws the same rows. */
export function relabeledRows(
  [m, n]: PooledMetric['sizes'],
  seed: number,
  index: number,
  purpose = 'relabeling',
): PooledRows {
  const order = sampleWithoutReplacement(m + n, m + n, randomFor(seed, purpose, index));
  return [order.subarray(0, m), order.subarray(m)];
}

/** The rows of either set in random order. */
function shuffledRows([m, n]: PooledMetric['sizes'], seed: number): PooledRows {
  const shuffled = (rows: number, side: number): Int32Array =>
    sampleWithoutReplacement(rows, rows, randomFor(seed, 'jackknife-groups', side));
  return [shuffled(m, 0), shuffled(n, 1).map((i) => m + i)];
}

/** Both sets, less one group of the first (index below `groups`) or of the second. */
function withoutGroup(
  rows: PooledRows,
  { groups, index }: { readonly groups: number; readonly index: number },
): PooledRows {
  const kept = (side: 0 | 1): Int32Array =>
    Math.floor(index / groups) === side ? rows[side].filter((_, at) => at % groups !== index % groups) : rows[side];
  return [kept(0), kept(1)];
}

function around(value: number, error: number, confidence: number): [number, number] {
  const half = normalQuantile((1 + confidence) / 2) * error;
  return [value - half, value + half];
}
