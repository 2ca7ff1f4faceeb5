import { randomFor } from '@mixture-of-personas/numeric';

/** Mean of `values` over rows drawn with replacement. */
export function resampledMean(values: ArrayLike<number>, seed: number): (index: number) => number {
  return (index) => {
    const random = randomFor(seed, 'bootstrap-mean', index);
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)];
    return sum / values.length;
  };
}
