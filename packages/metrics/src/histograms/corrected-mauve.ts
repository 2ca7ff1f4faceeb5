import { relabeledRows, type PooledMetric, type PooledRows } from '../metric/intervals.js';
import { countsIn, mauveScore } from './divergence-frontier.js';

/** Settings of {@link correctedMauve}. */
export interface CorrectedMauveOptions {
  readonly buckets: number;
  /** c in exp(−c KL). */
  readonly scaling: number;
  readonly points: number;
  /** Random relabelings of the pooled rows that the correction is a mean over. @defaultValue 50 */
  readonly relabelings?: number;
  readonly seed: number;
}

/** A MAUVE score without the bias of finite sets. */
export interface CorrectedMauve {
  /** About 1 for equal distributions, and above it by chance; `lowest` for disjoint ones. */
  readonly value: number;
  /** Raw score of sets without a common bucket. */
  readonly lowest: number;
  /** Mean raw score of equal distributions at these sizes and buckets. */
  readonly highest: number;
  /** For the interval; null where `highest` is so near `lowest` that nothing can be told. Internal. */
  readonly pooled: Omit<PooledMetric, 'seed'> | null;
}

/** Less than this share of the scale left is too little to stretch. */
const LEAST_ROOM = 0.1;

/**
 * The MAUVE score M of a clustering, corrected for the sizes of the sets: with M₀ the mean score after the rows of a common clustering are dealt to both sets
 * at random, and L the score of disjoint sets, L + (M − L) (1 − L) / (M₀ − L): disjoint sets keep their score, equal distributions score 1 on
 * average (decision 0110).
 * @param rowBuckets bucket of each row of synthetic, and of golden
 */
export function correctedMauve(
  [synthetic, golden]: readonly [Int32Array, Int32Array],
  { buckets, scaling, points, relabelings = 50, seed }: CorrectedMauveOptions,
): CorrectedMauve {
  const sizes = [synthetic.length, golden.length] as const;
  const pool = Int32Array.of(...synthetic, ...golden);
  const bucketsOf = (rows: Int32Array): Int32Array => rows.map((row) => pool[row]);
  const countsOf = (rows: Int32Array): Float64Array => countsIn(bucketsOf(rows), buckets);
  const raw = ([x, y]: PooledRows): number => mauveScore(countsOf(x), countsOf(y), scaling, points);
  let highest = 0;
  for (let r = 0; r < relabelings; r++) highest += raw(relabeledRows(sizes, seed, r, 'mauve-relabeling')) / relabelings;
  const lowest = mauveScore([1, 0], [0, 1], scaling, points);
  const all = pool.map((_, row) => row);
  const score = raw([all.subarray(0, synthetic.length), all.subarray(synthetic.length)]);
  if (highest - lowest < LEAST_ROOM * (1 - lowest)) return { value: score, lowest, highest, pooled: null };
  const corrected = (rows: PooledRows): number => lowest + ((raw(rows) - lowest) * (1 - lowest)) / (highest - lowest);
  return {
    value: lowest + ((score - lowest) * (1 - lowest)) / (highest - lowest),
    lowest,
    highest,
    pooled: { sizes, without: corrected, relabeled: corrected },
  };
}
