/** A mean with its 95 % interval's half width. */
export interface MeanInterval {
  readonly mean: number;
  /** Null for a single value: one number says nothing of its spread. */
  readonly half: number | null;
}

/**
 * P(|T| ≤ t) of Student's t distribution, exact for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4).
 * @param t ≥ 0
 * @param degrees of freedom, a whole number ≥ 1
 */
export function studentProbability(t: number, degrees: number): number {
  const angle = Math.atan2(t, Math.sqrt(degrees));
  const square = Math.cos(angle) ** 2;
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= (square * (power - 1)) / power;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/**
 * Student's t with P(|T| ≤ t) = 0.95, by bisection.
 * @param degrees of freedom, a whole number ≥ 1
 */
export function studentQuantile(degrees: number): number {
  let [low, high] = [0, 13];
  while (high - low > 1e-10) {
    const middle = (low + high) / 2;
    if (studentProbability(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  return high;
}

/** Mean of independent values with the t interval of it. @param values at least one */
export function meanInterval(values: readonly number[]): MeanInterval {
  const { mean, standardError } = momentsOf(values);
  return { mean, half: values.length < 2 ? null : studentQuantile(values.length - 1) * standardError };
}

function momentsOf(values: readonly number[]): { mean: number; standardError: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, standardError: Math.sqrt(variance / n) };
}
