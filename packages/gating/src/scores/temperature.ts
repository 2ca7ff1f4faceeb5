import { SettingError } from '@mixture-of-personas/numeric';
import type { LogLikelihoodCurve } from '../mixture/gate.js';

/** The range that score curves cover unless told otherwise. */
export const TEMPERATURE_RANGE: readonly [number, number] = [0.25, 2.5];

/**
 * The temperature under which the curves' log-probabilities have the largest sum: what a single prompt (zero-shot, say) must be judged at. Fit it on
 * training records, judge on others.
 * @param curves one a training record, at least one
 * @returns τ in the range, to about 1e-4
 * @throws SettingError when there is no curve or the range is empty
 */
export function fitTemperature(
  curves: readonly Pick<LogLikelihoodCurve, 'logProbability'>[],
  options: { readonly temperatureRange?: readonly [number, number] | undefined } = {},
): number {
  if (curves.length === 0) throw new SettingError('fitTemperature', 'curves', 'at least one', 'none');
  const { temperatureRange = TEMPERATURE_RANGE } = options;
  return bestTemperature(temperatureRange, (temperature) =>
    curves.reduce((sum, curve) => sum + curve.logProbability(temperature), 0),
  );
}

/**
 * argmax of an objective over a range of temperatures: best of 13 points equally spaced in log τ, then golden-section search between its
 * neighbors, so that a second, lower hump does no harm.
 * @throws SettingError when the range is not 0 < low < high
 */
export function bestTemperature(range: readonly [number, number], objective: (temperature: number) => number): number {
  const [low, high] = requireRange('bestTemperature', range).map(Math.log);
  const step = (high - low) / 12;
  let best = 0;
  let bestValue = -Infinity;
  for (let i = 0; i <= 12; i++) {
    const value = objective(Math.exp(low + i * step));
    if (value > bestValue) [best, bestValue] = [i, value];
  }
  let [left, right] = [low + Math.max(0, best - 1) * step, low + Math.min(12, best + 1) * step];
  const golden = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [right - golden * (right - left), left + golden * (right - left)];
  let [atA, atB] = [objective(Math.exp(a)), objective(Math.exp(b))];
  while (right - left > 1e-4) {
    if (atA >= atB) {
      [right, b, atB] = [b, a, atA];
      a = right - golden * (right - left);
      atA = objective(Math.exp(a));
    } else {
      [left, a, atA] = [a, b, atB];
      b = left + golden * (right - left);
      atB = objective(Math.exp(b));
    }
  }
  return Math.exp((left + right) / 2);
}

/** Checks 0 < low < high. */
export function requireRange(where: string, range: readonly [number, number]): readonly [number, number] {
  const [low, high] = range;
  if (!(low > 0 && high > low && high < Infinity)) {
    throw new SettingError(where, 'temperatureRange', 'two numbers with 0 < low < high', range.join(', '));
  }
  return range;
}
