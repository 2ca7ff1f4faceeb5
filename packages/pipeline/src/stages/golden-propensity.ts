import { personaProbabilities, project, type Gate } from '@mixture-of-personas/gating';
import type { Matrix } from '@mixture-of-personas/numeric';
import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { propensityOf, type Propensity } from '../analysis/propensity.js';
import { recordGroups } from '../analysis/record-groups.js';
import type { GatePopulation } from './gate-population.js';

/** Propensity of the personas, by all golden records, the held-out ones among them: π costs no score, and nothing was fitted to them. */
export function goldenPropensity(
  { golden: inputs, personas }: GatePopulation,
  { gate, golden, seed }: { readonly gate: Gate; readonly golden: readonly PopulationRecord[]; readonly seed: number },
): Propensity {
  return propensityOf(probabilitiesOf(gate, inputs, personas), recordGroups(golden), seed);
}

/** π of the personas for each input of the gate, a row each. */
export function probabilitiesOf(gate: Gate, inputs: Matrix, personas: Matrix): Matrix<Float64Array> {
  return personaProbabilities(
    project(gate.inputWeights, inputs, gate.inputBias),
    project(gate.personaWeights, personas, gate.personaBias),
  );
}
