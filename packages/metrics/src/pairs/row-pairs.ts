import type { Matrix } from '@mixture-of-personas/numeric';

import { insert } from './k-smallest.js';
import { int16Pairs } from './int16-pairs.js';
import { tilePairs, type RowPairs } from './tile-pairs.js';
import { isExact, type Precision } from './tiles.js';

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
