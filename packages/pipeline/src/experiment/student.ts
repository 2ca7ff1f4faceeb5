/** t with P(|T| ≤ t) = 0.95 for 1 … 30 degrees of freedom; from any table of the distribution. */
const TWO_SIDED_95: readonly number[] = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604, 2.1448, 2.1314,
  2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
];

/** A mean with its 95 % interval's half width. */
export interface MeanInterval {
  readonly mean: number;
  /** Null for a single value: one number says nothing of its spread. */
  readonly half: number | null;
}

/**
 * Student's t with P(|T| ≤ t) = 0.95. Beyond 30 degrees of freedom by its expansion about the normal quantile, to four digits.
 * @param degrees of freedom, ≥ 1
 */
export function studentQuantile(degrees: number): number {
  const exact = TWO_SIDED_95[degrees - 1];
  if (exact !== undefined) return exact;
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}

/** Mean of independent values with the t interval of it. @param values at least one */
export function meanInterval(values: readonly number[]): MeanInterval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, half: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, half: studentQuantile(n - 1) * Math.sqrt(variance / n) };
}
