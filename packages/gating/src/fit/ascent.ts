import { minimize } from '@mixture-of-personas/numeric';
import { likelihoodOf, type FitData } from './objective.js';
import { part, temperatureDeviation } from './parameters.js';
import { GROUPS, type MixtureStepName } from './steps.js';

/** Standard deviation of log τ between personas that the fit expects before it sees a score. */
const TEMPERATURE_SPREAD = 0.1;

/** Settings of one maximization. */
export interface Ascent {
  readonly step: MixtureStepName;
  /** Positions of the records to learn from. */
  readonly records: readonly number[];
  /** Positions whose inputs the marginal mean is over. */
  readonly inputs: readonly number[];
  /** Point that the ridge pulls to. */
  readonly start: Float64Array;
  /** Point at which the search begins. */
  readonly from: Float64Array;
  readonly ridge: number;
  /** Stops when an iteration gains less than this, nats per record. */
  readonly tolerance: number;
}

/**
 * Maximizes mean ℓ − ridge · ‖change of the weights‖² − (1/n) Σ_k δ_k² / (2 · 0.1²), δ_k the deviation of a persona's log τ, by L-BFGS.
 * @returns the vector
 */
export function ascend(data: FitData, { step, records, inputs, start, from, ridge, tolerance }: Ascent): Float64Array {
  const { space } = data;
  const likelihood = likelihoodOf(data, { records, inputs, step });
  const free = new Float64Array(space.size);
  for (const group of GROUPS[step]) part(space, free, group).fill(1);
  const n = records.length;
  const prior = temperatureDeviation(space.population.personas.rows) ** 2 / (2 * TEMPERATURE_SPREAD ** 2 * n);
  const [ridged] = space.groups.personaBias;
  const [deviationsFrom, deviations] = space.groups.deviations;
  return minimize(
    (vector) => {
      const gradient = new Float64Array(space.size);
      const value = likelihood(vector, gradient).reduce((sum, ell) => sum + ell, 0);
      if (!Number.isFinite(value)) return { value: Infinity, gradient };
      let loss = -value / n;
      for (let i = 0; i < gradient.length; i++) {
        if (free[i] === 0) {
          gradient[i] = 0;
          continue;
        }
        gradient[i] /= -n;
        if (i >= ridged) {
          const change = vector[i] - start[i];
          loss += ridge * change * change;
          gradient[i] += 2 * ridge * change;
        } else if (i >= deviationsFrom && i < deviationsFrom + deviations) {
          loss += prior * vector[i] * vector[i];
          gradient[i] += 2 * prior * vector[i];
        }
      }
      return { value: loss, gradient };
    },
    from,
    { tolerance: 1e-5, valueTolerance: tolerance, maxIterations: 200 },
  ).point;
}
