import { takeRows, toFloat64 } from '@mixture-of-personas/numeric';
import { readerAt, type ScoreTable } from '../scores/score-table.js';
import { BlockStep, type Place } from './block-step.js';
import { logTemperatures, part, type FitSpace } from './parameters.js';
import { looks, type MixtureStepName } from './steps.js';
import { contextsOf, emptyGradients, personaSide, pullBack, weightsOf, type Contexts } from './weights.js';

// ℓ_i = log Σ_s w_is p_is / (ρ_s φ_is) − log Σ_s w_s / ρ_s, the first sum over the pairs that record i has scores for, the second over all candidates
//   w_is: weight of pair s = (k, j) for record i, its own exemplar o masked: mean over the record's contexts c of π_kc U_jc V_kj / (Z_kc − U_oc V_ko)
//   w_s: the same without mask; ρ_s: probability with which s became a candidate; φ_is: with which record i scores it, then
// The second sum estimates 1, so that no gate gains by moving weight to the candidates; where all K·N pairs are candidates it is left out.

/** Which likelihood is maximized. */
export type Objective =
  /** p(y) with the gate averaged over the other records' inputs: what `simulate` draws from where the gate sees the record or nothing. */
  | 'marginal'
  /** p(y | its own input): for inputs that are real contexts, never for the record itself. */
  | 'conditional';

/** Records of a table with the inputs that their gates see. */
export interface FitData {
  readonly space: FitSpace;
  readonly table: ScoreTable;
  readonly objective: Objective;
  /** Largest number of inputs that the marginal mean is taken over, and of conditional records worked on at once. */
  readonly contexts: number;
}

/** Input of an evaluation: some records of the table, under a mean over the inputs of some records. */
export interface Evaluation {
  /** Positions in the table. */
  readonly records: readonly number[];
  /** Positions of the records whose inputs the marginal mean is over; a record is left out of its own mean. */
  readonly inputs: readonly number[];
  /** The step whose groups of parameters the gradient is wanted in. */
  readonly step: MixtureStepName;
}

/** Records that share contexts. */
interface Block {
  readonly contexts: Contexts | undefined;
  readonly places: readonly Place[];
}

/** Log-likelihoods of records at a vector, and the gradient of their sum. */
export type Likelihood = (vector: Float64Array, gradient?: Float64Array) => Float64Array;

/**
 * The likelihood of some records as a function of
 * - `vector`, see parameters.ts;
 * - `gradient`, to which that of Σ ℓ is added when given.
 * It returns ℓ of each record, nats; −∞ where the weights leave what float64 can hold.
 */
export function likelihoodOf(data: FitData, evaluation: Evaluation): Likelihood {
  const { space, table, objective } = data;
  const { records, step } = evaluation;
  const blocks = blocksOf(data, evaluation);
  return (vector, gradient) => {
    const temperatures = logTemperatures(space, vector);
    const readers = Array.from(temperatures.values, (value) => readerAt(table, value));
    const side = personaSide(space, vector);
    const out = new Float64Array(records.length);
    const inTemperatures = new Float64Array(readers.length);
    let next = 0;
    for (const { contexts, places } of blocks) {
      const weights = weightsOf(space, vector, side, contexts);
      const logits = gradient && step !== 'uniform' ? emptyGradients(weights) : undefined;
      const conditional = objective === 'conditional' && contexts !== undefined;
      const gradients = gradient && { logits, inTemperatures };
      const block = new BlockStep({ table, weights, readers, conditional, gradients });
      for (const place of places) out[next++] = block.record(place);
      if (gradient === undefined || logits === undefined) continue;
      block.finish();
      pullBack(space, { weights, contexts, logits, matrices: step === 'matrices' }, gradient);
    }
    if (gradient) addTemperatures(space, temperatures.slopes, inTemperatures, gradient);
    return out;
  };
}

function blocksOf({ space, table, objective, contexts: most }: FitData, evaluation: Evaluation): Block[] {
  const { records, inputs, step } = evaluation;
  const { ownExemplar, records: embeddings } = space.population;
  const placeOf = (position: number, own: number): Place => {
    return { position, own, masked: ownExemplar?.[table.records[position].record] ?? -1 };
  };
  if (!looks(step)) return [{ contexts: undefined, places: records.map((position) => placeOf(position, -1)) }];
  const contextsFor = (positions: readonly number[]): Contexts => {
    const rows = positions.map((position) => table.records[position].record);
    return contextsOf(space, toFloat64(takeRows(embeddings, rows)));
  };
  if (objective === 'marginal') {
    const used = inputs.slice(0, most);
    const at = new Map(used.map((position, c) => [position, c]));
    return [
      { contexts: contextsFor(used), places: records.map((position) => placeOf(position, at.get(position) ?? -1)) },
    ];
  }
  return Array.from({ length: Math.ceil(records.length / most) }, (_, b) => {
    const block = records.slice(b * most, (b + 1) * most);
    return { contexts: contextsFor(block), places: block.map(placeOf) };
  });
}

function addTemperatures(space: FitSpace, slopes: Float64Array, inLogs: Float64Array, gradient: Float64Array): void {
  const deviations = part(space, gradient, 'deviations');
  const root = Math.sqrt(slopes.length);
  inLogs.forEach((value, k) => {
    part(space, gradient, 'level')[0] += value * slopes[k];
    deviations[k] += value * slopes[k] * root;
  });
}
