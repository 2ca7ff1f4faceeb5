import { SettingError } from '@mixture-of-personas/numeric';

/**
 * p-values adjusted for the number of comparisons (Holm 1979): with α, those at or below α are rejected, and the probability of any false rejection is at
 * most α whatever the dependence.
 * @param pValues in [0, 1]; NaN stands for a comparison without a test and counts for nothing
 * @returns as many, in the same order
 * @throws SettingError for a number outside [0, 1]
 */
export function holm(pValues: ArrayLike<number>): Float64Array {
  const adjusted = Float64Array.from(pValues);
  for (const p of adjusted) if (p < 0 || p > 1) throw new SettingError('holm', 'a p-value', 'from 0 to 1', p);
  const order = Array.from(adjusted.keys())
    .filter((i) => !Number.isNaN(adjusted[i]))
    .sort((a, b) => adjusted[a] - adjusted[b]);
  let largest = 0;
  order.forEach((at, rank) => {
    largest = Math.max(largest, Math.min(1, (order.length - rank) * adjusted[at]));
    adjusted[at] = largest;
  });
  return adjusted;
}
