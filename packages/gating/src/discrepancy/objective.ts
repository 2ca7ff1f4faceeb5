import type { Pair } from '../mixture/gate.js';
import type { FitSpace } from '../fit/parameters.js';
import { emptyGradients, personaSide, pullBack, weightsOf, type Contexts, type Weights } from '../fit/weights.js';
import { convexDiscrepancy, type DiscrepancyForm, type PairSamples } from './form.js';

/** Embeddings with the inputs that weights are averaged over. */
export interface GateInputsOf {
  readonly space: FitSpace;
  readonly contexts: Contexts;
}

/** Pairs with the weight that each is multiplied by: its number of texts over that expected. */
export interface CountedSamples extends Pick<PairSamples, 'pairs'> {
  readonly importance: Float64Array;
}

/** The weights of sampled pairs under one vector. */
export interface PairWeights {
  /** Mean over inputs, P long, of sum 1. */
  readonly weights: Float64Array;
  /** The part of each input in them, P × C. */
  readonly shares: Float64Array;
  readonly gate: Weights;
  readonly contexts: Contexts | undefined;
}

/** The convex discrepancy at a vector's mean weights, with its exact gradient in all parameters but the matrices. */
export function discrepancyGradient(
  inputs: GateInputsOf,
  form: DiscrepancyForm,
  vector: Float64Array,
  { looking, factor }: { readonly looking: boolean; readonly factor: CountedSamples },
): { value: number; gradient: Float64Array } {
  const { space } = inputs;
  const { weights, shares, gate, contexts } = pairWeights(inputs, vector, { looking, factor });
  const { value, slope } = convexDiscrepancy(form, weights);
  const mean = slope.reduce((sum, value, p) => sum + value * weights[p], 0);
  const logits = emptyGradients(gate);
  const C = gate.contexts;
  factor.pairs.forEach(({ persona: k, exemplar: j }, p) => {
    for (let c = 0; c < C; c++) {
      const amount = (slope[p] - mean) * shares[p * C + c];
      logits.s.data[k * C + c] += amount;
      logits.u.data[j * C + c] += amount;
      logits.v.data[k * gate.v.cols + j] += amount;
      logits.z.data[k * C + c] += amount / gate.z.data[k * C + c];
    }
  });
  const gradient = new Float64Array(space.size);
  pullBack(space, { weights: gate, contexts, logits, matrices: false }, gradient);
  return { value, gradient };
}

/**
 * Weights of the sampled pairs, each the sum of its texts', made to sum to 1: a text of pair q has w_q over the number of texts that was to be
 * expected of q. `shares` are the parts of each context.
 */
export function pairWeights(
  { space, contexts: inputs }: GateInputsOf,
  vector: Float64Array,
  { looking, factor }: { readonly looking: boolean; readonly factor: CountedSamples },
): PairWeights {
  const contexts = looking ? inputs : undefined;
  const gate = weightsOf(space, vector, personaSide(space, vector), contexts);
  const { pi, u, v, z, contexts: C } = gate;
  const shares = new Float64Array(factor.pairs.length * C);
  factor.pairs.forEach(({ persona: k, exemplar: j }: Pair, p) => {
    for (let c = 0; c < C; c++) {
      shares[p * C + c] =
        (factor.importance[p] * pi.data[k * C + c] * u.data[j * C + c] * v.data[k * v.cols + j]) / z.data[k * C + c];
    }
  });
  const total = shares.reduce((sum, share) => sum + share, 0);
  const weights = new Float64Array(factor.pairs.length);
  for (let at = 0; at < shares.length; at++) {
    shares[at] /= total;
    weights[Math.floor(at / C)] += shares[at];
  }
  return { weights, shares, gate, contexts };
}
