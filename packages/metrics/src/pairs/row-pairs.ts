import type { Matrix } from '@mixture-of-personas/numeric';

import { insert } from './k-smallest.js';
import { int16Pairs } from './int16-pairs.js';
import { tilePairs } from './tile-pairs.js';
import { isExact, type Precision } from './tiles.js';

/** Squared distances that decide which pairs matter, one per row. */
export type Thresholds = Float64Array;
/** Told of row i of the first set, row j of the second, and their squared distance. */
export type Visitor = (i: number, j: number, squared: number) => void;

/** Pairs of rows of two sets, or of one with itself (each unordered pair once, no row with itself). */
export interface RowPairs {
  /**
   * Tells of every pair whose squared distance is below the threshold of either row, and perhaps of others.
   * @param which the sets, 0 or 1, that rows i and j come from
   * @param thresholds of the rows of both
   * @param told called with a distance that is exact only if `kept` is set; otherwise correct only relative to both thresholds
   * @param kept the visitor lowers the thresholds, from ∞ on, so that each is the kept-th smallest distance told of its row; without it they stay
   */
  visit(
    which: readonly [0 | 1, 0 | 1],
    thresholds: readonly [Thresholds, Thresholds],
    told: Visitor,
    kept?: number,
  ): void;
  /** Ends the use of the pairs, and lets go of their memory. */
  close(): void;
}

/** Settings of what looks for neighbors. */
export interface NeighborOptions {
  /** See {@link Precision}; neighbors are those of float64 in any case. @defaultValue 'auto' */
  readonly precision?: Precision;
  /** Threads to use, where there are worker threads (Node). @defaultValue 1 */
  readonly threads?: number;
}

/** The pairs of two sets, by 16-bit products and a second look in float64, or all in float64. */
export function rowPairs(a: Matrix, b: Matrix, { precision = 'auto', threads = 1 }: NeighborOptions): RowPairs {
  return (isExact(precision, a, b) ? null : int16Pairs(a, b, threads)) ?? tilePairs(a, b);
}

/**
 * Squared distance of each row to its k-th nearest other row of the same set. Streamed: memory n × k.
 * @param which the set, of more than k rows
 * @returns n numbers
 */
export function kthNeighborWithin(pairs: RowPairs, which: 0 | 1, rows: number, k: number): Float64Array {
  const nearest = new Float64Array(rows * k).fill(Infinity);
  const thresholds = new Float64Array(rows).fill(Infinity);
  const offer = (i: number, squared: number): void => {
    if (squared < thresholds[i]) thresholds[i] = insert(nearest, i * k, k, squared);
  };
  const offerBoth = (i: number, j: number, squared: number): void => {
    offer(i, squared);
    offer(j, squared);
  };
  pairs.visit([which, which], [thresholds, thresholds], offerBoth, k);
  return thresholds;
}
