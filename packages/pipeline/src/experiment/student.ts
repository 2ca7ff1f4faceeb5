import { meanOf } from '@mixture-of-personas/numeric/internal';
import { studentPValue } from '@mixture-of-personas/metrics';

/** A mean with its 95 % interval's half width. */
export interface MeanInterval {
  readonly mean: number;
  /** Null for a single value: one number says nothing of its spread. */
  readonly half: number | null;
}

/**
 * Student's t with P(|T| ≤ t) = 0.95, by bisection.
 * @param degrees of freedom, a whole number ≥ 1
 */
export function studentQuantile(degrees: number): number {
  let [low, high] = [0, 13];
  while (high - low > 1e-10) {
    const middle = (low + high) / 2;
    if (studentPValue(middle, degrees) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** Mean of independent values with the t interval of it. @param values at least one */
export function meanInterval(values: readonly number[]): MeanInterval {
  const n = values.length;
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, half: n < 2 ? null : studentQuantile(n - 1) * Math.sqrt(variance / n) };
}
