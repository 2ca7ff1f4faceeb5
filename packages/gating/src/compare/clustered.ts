import { meanOf } from '@mixture-of-personas/numeric/internal';

/** A mean with its standard error. */
export interface MeanWithError {
  readonly mean: number;
  readonly standardError: number;
}

/**
 * Mean of values, with a standard error that lets values of the same block of consecutive ones be correlated:
 * s.e.² = G/(G−1) Σ_blocks (Σ_block (x − mean))² / n² (Liang & Zeger 1986), G blocks. With blocks of one it is the usual s/√n.
 * @returns standardError ∞ when there is only one block: one block cannot show how much blocks differ
 */
export function clusteredMean(values: Float64Array, blockSize: number): MeanWithError {
  const n = values.length;
  const mean = meanOf(values);
  const blocks = Math.ceil(n / blockSize);
  if (blocks < 2) return { mean, standardError: Infinity };
  const sums = new Float64Array(blocks);
  values.forEach((value, i) => (sums[Math.floor(i / blockSize)] += value - mean));
  const squares = sums.reduce((sum, value) => sum + value * value, 0);
  return { mean, standardError: Math.sqrt(((blocks / (blocks - 1)) * squares) / (n * n)) };
}
