import { personaProbabilities, project, type Gate } from '@mixture-of-personas/gating';
import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { propensityOf, type Propensity } from '../analysis/propensity.js';
import { recordGroups } from '../analysis/record-groups.js';
import type { GatePopulation } from './gate-population.js';

/** Propensity of the personas, by all golden records, the held-out ones among them: π costs no score, and nothing was fitted to them. */
export function goldenPropensity(
  { golden: inputs, personas }: GatePopulation,
  { gate, golden, seed }: { readonly gate: Gate; readonly golden: readonly PopulationRecord[]; readonly seed: number },
): Propensity {
  const probabilities = personaProbabilities(
    project(gate.inputWeights, inputs, gate.inputBias),
    project(gate.personaWeights, personas, gate.personaBias),
  );
  return propensityOf(probabilities, recordGroups(golden), seed);
}
