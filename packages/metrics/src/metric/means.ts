import { randomFor } from '@mixture-of-personas/numeric';

/** Mean of values, at least one. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Mean of `values` over rows drawn with replacement. */
export function resampledMean(values: ArrayLike<number>, seed: number): (index: number) => number {
  return (index) => {
    const random = randomFor(seed, 'bootstrap-mean', index);
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)];
    return sum / values.length;
  };
}
