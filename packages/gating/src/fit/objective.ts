import { takeRows, toFloat64, zeros, type Matrix } from '@mixture-of-personas/numeric';
import { readerAt, type CurveReader, type ScoreTable } from '../scores/score-table.js';
import { logTemperatures, part, type FitSpace } from './parameters.js';
import { looks, type MixtureStepName } from './steps.js';
import {
  contextsOf,
  emptyGradients,
  personaSide,
  pullBack,
  weightsOf,
  type Contexts,
  type LogitGradients,
  type Weights,
} from './weights.js';

// ℓ_i = log Σ_s w_is p_is / (ρ_s φ_is) − log Σ_s∈candidates w_is / ρ_s
//   w_is: weight of pair s = (k, j) for record i, its own exemplar o masked: mean over the record's contexts c of π_ck U_cj V_kj / (Z_ck − U_co V_ko)
//   ρ_s: probability with which s became a candidate; φ_is: with which record i scores it. The last term is 0 where all pairs are candidates.

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

/** What is evaluated: some records of the table, under a mean over the inputs of some records. */
export interface Evaluation {
  /** Positions in the table. */
  readonly records: readonly number[];
  /** Positions of the records whose inputs the marginal mean is over; a record is left out of its own mean. */
  readonly inputs: readonly number[];
  /** The step whose groups of parameters the gradient is wanted in. */
  readonly step: MixtureStepName;
}

/** A record with weights for all of its pairs. */
interface Place {
  readonly position: number;
  /** Row of the contexts that is this record's own, or −1. */
  readonly own: number;
}

/** Log-likelihoods of records, and the gradient of their sum. */
export class LikelihoodOf {
  readonly #data: FitData;
  readonly #evaluation: Evaluation;
  /** The contexts of the marginal mean, and each block of the conditional records. */
  readonly #blocks: readonly { readonly contexts: Contexts | undefined; readonly places: readonly Place[] }[];

  constructor(data: FitData, evaluation: Evaluation) {
    this.#data = data;
    this.#evaluation = evaluation;
    this.#blocks = this.#makeBlocks();
  }

  #makeBlocks() {
    const { space, table, objective, contexts: most } = this.#data;
    const { records, inputs, step } = this.#evaluation;
    if (!looks(step)) return [{ contexts: undefined, places: records.map((position) => ({ position, own: -1 })) }];
    const contextsFor = (positions: readonly number[]): Contexts =>
      contextsOf(
        space,
        toFloat64(
          takeRows(
            space.population.records,
            positions.map((position) => table.records[position].record),
          ),
        ),
      );
    if (objective === 'marginal') {
      const used = inputs.slice(0, most);
      const at = new Map(used.map((position, c) => [position, c]));
      return [
        { contexts: contextsFor(used), places: records.map((position) => ({ position, own: at.get(position) ?? -1 })) },
      ];
    }
    return Array.from({ length: Math.ceil(records.length / most) }, (_, b) => {
      const block = records.slice(b * most, (b + 1) * most);
      return { contexts: contextsFor(block), places: block.map((position, own) => ({ position, own })) };
    });
  }

  /**
   * @param vector see parameters.ts
   * @param gradient adds the gradient of Σ ℓ when given
   * @returns ℓ of each record, nats; −∞ where the weights leave what float64 can hold
   */
  at(vector: Float64Array, gradient?: Float64Array): Float64Array {
    const { space, table, objective } = this.#data;
    const temperatures = logTemperatures(space, vector);
    const readers = Array.from(temperatures.values, (value) => readerAt(table, value));
    const side = personaSide(space, vector);
    const out = new Float64Array(this.#evaluation.records.length);
    const inTemperatures = new Float64Array(readers.length);
    let next = 0;
    for (const { contexts, places } of this.#blocks) {
      const weights = weightsOf(space, vector, side, contexts);
      const logits = gradient && emptyGradients(weights);
      const step = new BlockStep(
        { space, table, weights, readers, logits, inTemperatures },
        objective === 'conditional' && contexts !== undefined,
      );
      for (const place of places) out[next++] = step.record(place);
      if (gradient === undefined || logits === undefined) continue;
      step.finish();
      pullBack(space, { weights, contexts, logits, matrices: this.#evaluation.step === 'matrices' }, gradient);
    }
    if (gradient) addTemperatures(space, temperatures.slopes, inTemperatures, gradient);
    return out;
  }
}

function addTemperatures(space: FitSpace, slopes: Float64Array, inLogs: Float64Array, gradient: Float64Array): void {
  const deviations = part(space, gradient, 'deviations');
  const root = Math.sqrt(slopes.length);
  inLogs.forEach((value, k) => {
    part(space, gradient, 'level')[0] += value * slopes[k];
    deviations[k] += value * slopes[k] * root;
  });
}

interface StepParts {
  readonly space: FitSpace;
  readonly table: ScoreTable;
  readonly weights: Weights;
  readonly readers: readonly CurveReader[];
  readonly logits: LogitGradients | undefined;
  readonly inTemperatures: Float64Array;
}

/** A share below which a context's normalizer without the own exemplar is summed anew: the difference would have lost its digits. */
const CANCELLED = 1e-5;

/** The records of one block, one after the other. */
class BlockStep {
  readonly #parts: StepParts;
  readonly #conditional: boolean;
  /** ω of every candidate in every context without any mask, C × P, and its sum over contexts; absent where each record has its own context. */
  readonly #shares: Matrix<Float64Array>;
  readonly #sums: Float64Array;
  /** Gradient in the log of the shares above, gathered over records: in all contexts, and less in the own one. */
  readonly #common: Float64Array;
  readonly #ownLess: Matrix<Float64Array>;

  constructor(parts: StepParts, conditional: boolean) {
    this.#parts = parts;
    this.#conditional = conditional;
    const { weights, table } = parts;
    const count = table.pairs.length;
    this.#shares = zeros(weights.contexts, count);
    this.#sums = new Float64Array(count);
    this.#common = new Float64Array(count);
    this.#ownLess = zeros(parts.logits && !conditional ? weights.contexts : 0, count);
    const { pi, u, v, z } = weights;
    table.pairs.forEach(({ persona: k, exemplar: j }, s) => {
      for (let c = 0; c < weights.contexts; c++) {
        const share =
          (pi.data[c * pi.cols + k] * u.data[c * u.cols + j] * v.data[k * v.cols + j]) / z.data[c * z.cols + k];
        this.#shares.data[c * count + s] = share;
        this.#sums[s] += share;
      }
    });
  }

  /** ℓ of one record; its gradient is gathered. */
  record({ position, own }: Place): number {
    const { space, table } = this.#parts;
    const { record, pairs, logInclusion } = table.records[position];
    const masked = space.population.ownExemplar?.[record] ?? -1;
    const contexts = this.#contextsOf(own);
    const weights = masked < 0 ? this.#unmasked(own, contexts.length) : this.#masked(masked, contexts);
    if (weights === undefined) return -Infinity;
    const { logCandidate } = table;
    const terms = new Float64Array(pairs.length);
    let largest = -Infinity;
    for (let m = 0; m < pairs.length; m++) {
      const s = pairs[m];
      const reader = this.#parts.readers[table.pairs[s].persona];
      terms[m] =
        Math.log(weights[s]) - logInclusion[m] - (logCandidate?.[s] ?? 0) + reader.value(table.offsets[position] + m);
      if (terms[m] > largest) largest = terms[m];
    }
    let total = 0;
    for (let m = 0; m < terms.length; m++) total += terms[m] = Math.exp(terms[m] - largest);
    if (!Number.isFinite(largest + total)) return -Infinity;
    let outOf = 0; // Σ w/ρ over the candidates
    if (logCandidate) weights.forEach((weight, s) => (outOf += weight * Math.exp(-logCandidate[s])));
    if (this.#parts.logits) {
      const inWeights = new Float64Array(weights.length); // ∂ℓ/∂w
      for (let m = 0; m < pairs.length; m++) {
        const share = terms[m] / total;
        const { persona } = table.pairs[pairs[m]];
        this.#parts.inTemperatures[persona] += share * this.#parts.readers[persona].slope(table.offsets[position] + m);
        if (share > 0) inWeights[pairs[m]] += share / weights[pairs[m]];
      }
      if (logCandidate) for (let s = 0; s < inWeights.length; s++) inWeights[s] -= Math.exp(-logCandidate[s]) / outOf;
      if (masked < 0) this.#gatherUnmasked(inWeights, own, contexts.length);
      else this.#gatherMasked(inWeights, masked, contexts);
    }
    return largest + Math.log(total) - (logCandidate ? Math.log(outOf) : 0);
  }

  #contextsOf(own: number): readonly number[] {
    if (this.#conditional) return [own];
    const all = Array.from({ length: this.#parts.weights.contexts }, (_, c) => c);
    return own < 0 || all.length === 1 ? all : all.filter((c) => c !== own);
  }

  #unmasked(own: number, count: number): Float64Array {
    const size = this.#sums.length;
    if (this.#conditional) return this.#shares.data.subarray(own * size, (own + 1) * size);
    const leftOut = own >= 0 && count < this.#parts.weights.contexts;
    return this.#sums.map((sum, s) => (leftOut ? Math.max(0, sum - this.#shares.data[own * size + s]) : sum) / count);
  }

  #gatherUnmasked(inWeights: Float64Array, own: number, count: number): void {
    const size = this.#sums.length;
    if (this.#conditional) {
      for (let s = 0; s < size; s++) {
        if (inWeights[s] !== 0) this.#add(own, s, inWeights[s] * this.#shares.data[own * size + s]);
      }
      return;
    }
    const leftOut = own >= 0 && count < this.#parts.weights.contexts;
    for (let s = 0; s < size; s++) {
      this.#common[s] += inWeights[s] / count;
      if (leftOut) this.#ownLess.data[own * size + s] += inWeights[s] / count;
    }
  }

  /** Adds `amount` = ∂ℓ/∂log ω of a pair in a context, ω over the whole normalizer. */
  #add(c: number, s: number, amount: number): void {
    const { logits, table, weights } = this.#parts;
    if (!logits) return;
    const { persona: k, exemplar: j } = table.pairs[s];
    logits.s.data[c * logits.s.cols + k] += amount;
    logits.u.data[c * logits.u.cols + j] += amount;
    logits.v.data[k * logits.v.cols + j] += amount;
    logits.z.data[c * logits.z.cols + k] += amount / weights.z.data[c * weights.z.cols + k];
  }

  /** Z of each given context and persona without the masked exemplar. */
  #restOf(masked: number, c: number): Float64Array {
    const { u, v, z } = this.#parts.weights;
    return Float64Array.from({ length: v.rows }, (_, k) => {
      const all = z.data[c * z.cols + k];
      const rest = all - u.data[c * u.cols + masked] * v.data[k * v.cols + masked];
      if (rest > CANCELLED * all) return rest;
      let sum = 0;
      for (let j = 0; j < v.cols; j++) if (j !== masked) sum += u.data[c * u.cols + j] * v.data[k * v.cols + j];
      return sum;
    });
  }

  #masked(masked: number, contexts: readonly number[]): Float64Array | undefined {
    const { table, weights } = this.#parts;
    const { pi, u, v } = weights;
    const out = new Float64Array(table.pairs.length);
    for (const c of contexts) {
      const rest = this.#restOf(masked, c);
      const factor = rest.map((value, k) => pi.data[c * pi.cols + k] / value / contexts.length);
      if (!factor.every(Number.isFinite)) return undefined;
      for (let s = 0; s < out.length; s++) {
        const { persona: k, exemplar: j } = table.pairs[s];
        if (j !== masked) out[s] += factor[k] * u.data[c * u.cols + j] * v.data[k * v.cols + j];
      }
    }
    return out;
  }

  #gatherMasked(inWeights: Float64Array, masked: number, contexts: readonly number[]): void {
    const { table, weights, logits } = this.#parts;
    if (!logits) return;
    const { pi, u, v } = weights;
    const personas = v.rows;
    for (const c of contexts) {
      const rest = this.#restOf(masked, c);
      const ofPersona = new Float64Array(personas);
      for (let s = 0; s < inWeights.length; s++) {
        const { persona: k, exemplar: j } = table.pairs[s];
        if (inWeights[s] === 0 || j === masked) continue;
        const weight = (pi.data[c * personas + k] * u.data[c * u.cols + j] * v.data[k * v.cols + j]) / rest[k];
        const amount = (inWeights[s] * weight) / contexts.length;
        ofPersona[k] += amount;
        logits.u.data[c * u.cols + j] += amount;
        logits.v.data[k * v.cols + j] += amount;
      }
      for (let k = 0; k < personas; k++) {
        if (ofPersona[k] === 0) continue;
        const over = ofPersona[k] / rest[k];
        logits.s.data[c * personas + k] += ofPersona[k];
        logits.z.data[c * personas + k] += over;
        // `pullBack` takes Σ_j U V off with the masked exemplar in it: put that back.
        const back = over * u.data[c * u.cols + masked] * v.data[k * v.cols + masked];
        logits.u.data[c * u.cols + masked] += back;
        logits.v.data[k * v.cols + masked] += back;
      }
    }
  }

  /** Spreads what unmasked records gathered over contexts and pairs. */
  finish(): void {
    if (this.#conditional) return;
    const size = this.#sums.length;
    for (let c = 0; c < this.#parts.weights.contexts; c++) {
      for (let s = 0; s < size; s++) {
        const amount = this.#common[s] - this.#ownLess.data[c * size + s];
        if (amount !== 0) this.#add(c, s, amount * this.#shares.data[c * size + s]);
      }
    }
  }
}
