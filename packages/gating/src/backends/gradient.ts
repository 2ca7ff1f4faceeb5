import {
  logSumExp,
  multiply,
  multiplyByTranspose,
  multiplyTransposed,
  rowOf,
  takeRows,
  toFloat64,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { columnSums, meanOf, stacked } from '@mixture-of-personas/numeric/internal';
import type { GateForward, GateGradient, GateInputs, ScoredPairs } from './backend.js';
import { exemplarBiasGradient, exemplarGradients } from './exemplar-gradients.js';
import type { Gate } from '../mixture/gate.js';
import { mixtureLogLikelihood } from './likelihood.js';
import { logitGradients } from './logit-gradients.js';
import type { Mixture } from '../mixture/mixture.js';
import { normalizersOf } from '../mixture/normalizers.js';
import { personaLogitsOf } from '../mixture/persona-logits.js';
import type { PairTable } from '../scores/pair-table.js';
import { maskOf } from '../mixture/probabilities.js';
import { addBias, addInto, gradientIn, inPrecision, type Precision } from '../mixture/products.js';

/** Settings of the built-in arithmetic. */
export interface GradientOptions {
  /** @defaultValue 'float64' */
  readonly precision?: Precision;
  /** Numbers of g·e, K × N, that may be held at once; where there are more they are computed when needed. @defaultValue 4,194,304 (32 MiB) */
  readonly heldLogits?: number;
}

/**
 * The mixture of a batch (paper Eq. 2–4) in factorized form.
 * @throws ShapeError when widths or the mask do not fit
 */
export function mixtureOf(gate: Gate, inputs: GateInputs, options: GradientOptions = {}): Mixture {
  return forward(gate, inputs, options).mixture;
}

/**
 * Loss −mean ℓ (paper Eq. 5) with its exact gradient in W_x, W_g, W_e, their biases and τ, the softmax normalizers over all personas and exemplars and the
 * masks included; the pairs and, where drawn, their importance are taken as fixed.
 * @throws ShapeError when widths or the mask do not fit, or a record has no pair with a finite log-probability
 */
export function gateGradient(
  gate: Gate,
  inputs: GateInputs,
  scored: ScoredPairs,
  options: GradientOptions = {},
): GateGradient {
  return forward(gate, inputs, options).gradient(scored);
}

/** A forward pass whose gradient needs no waiting. */
export interface BuiltInForward extends GateForward {
  gradient(this: void, scored: ScoredPairs): GateGradient;
  /** Gradient of −mean_b Σ_m share_bm log(π Ω of pair m) in matrices and biases; shares may have any sign, B × M. */
  pullBack(this: void, pairs: PairTable, shares: Matrix<Float64Array>): WeightGradients;
}

/** Gradients in W_x, W_g, W_e and their biases. */
export type WeightGradients = Omit<GateGradient, 'loss' | 'logLikelihoods' | 'responsibilities' | 'temperatures'>;

/** Forward pass with what its gradient will need. */
export function forward(gate: Gate, inputs: GateInputs, options: GradientOptions = {}): BuiltInForward {
  const { precision = 'float64', heldLogits } = options;
  const [hx, hg, he] = [inputs.contexts, inputs.personas, inputs.exemplars].map((h) => inPrecision(h, precision));
  const exemplarWeights = inPrecision(gate.exemplarWeights, precision);
  const x = addBias(multiplyByTranspose(hx, inPrecision(gate.inputWeights, precision)), gate.inputBias);
  const g = addBias(multiplyByTranspose(hg, inPrecision(gate.personaWeights, precision)), gate.personaBias);
  const e = addBias(multiplyByTranspose(he, exemplarWeights), gate.exemplarBias);
  const contextLogits = toFloat64(multiplyByTranspose(x, e));
  const personaLogits = personaLogitsOf(g, e, heldLogits);
  const masked = maskOf('gate', x.rows, e.rows, inputs.masked);
  const normalizers = normalizersOf(contextLogits, personaLogits, masked);
  const logPersona = logSoftmaxRows(toFloat64(multiplyByTranspose(x, g)));
  const mixture = { logPersona, contextLogits, personaLogits, logNormalizers: normalizers.logs, masked };
  const pullBack = (pairs: PairTable, shares: Matrix<Float64Array>): WeightGradients => {
    const { dS, dY, used } = logitGradients(mixture, normalizers, pairs, shares);
    const s = gradientIn(dS, precision);
    const both = { y: gradientIn(dY, precision), factors: stacked(x, takeRows(g, used)) };
    const { weights, projections } = exemplarGradients(both, {
      embeddings: he,
      projected: e,
      weights: exemplarWeights,
    });
    const dX = multiply(s, g);
    addInto(dX.data, projections.data.subarray(0, dX.data.length));
    const dG = multiplyTransposed(s, x);
    used.forEach((k, i) => addInto(rowOf(dG, k), rowOf(projections, x.rows + i)));
    return {
      inputWeights: toFloat64(multiplyTransposed(dX, hx)),
      personaWeights: toFloat64(multiplyTransposed(dG, hg)),
      exemplarWeights: toFloat64(weights),
      inputBias: columnSums(dX),
      personaBias: columnSums(dG),
      exemplarBias: exemplarBiasGradient(both.y, both.factors),
    };
  };
  const gradient = (scored: ScoredPairs): GateGradient =>
    gradientOf(mixture, scored, (responsibilities) => pullBack(scored.pairs, responsibilities));
  return { mixture, gradient, pullBack };
}

function logSoftmaxRows(logits: Matrix<Float64Array>): Matrix<Float64Array> {
  for (let b = 0; b < logits.rows; b++) {
    const row = rowOf(logits, b);
    const total = logSumExp(row);
    for (let k = 0; k < row.length; k++) row[k] -= total;
  }
  return logits;
}

/** Loss, likelihoods and gradients of a batch, those of matrices and biases as a backend computes them from the responsibilities. */
export function gradientOf(
  mixture: Mixture,
  scored: ScoredPairs,
  weightGradients: (responsibilities: Matrix<Float64Array>) => WeightGradients,
): GateGradient {
  const { logLikelihoods, responsibilities } = mixtureLogLikelihood(mixture, scored);
  return {
    loss: -meanOf(logLikelihoods),
    logLikelihoods,
    responsibilities,
    ...weightGradients(responsibilities),
    temperatures: temperatureGradient(mixture.logPersona.cols, scored, responsibilities),
  };
}

/** d loss/dτ_k = −(1/B) Σ_b Σ_{pairs of k} r dlog p/dτ. */
function temperatureGradient(
  personas: number,
  scored: ScoredPairs,
  responsibilities: Matrix<Float64Array>,
): Float64Array {
  const gradient = new Float64Array(personas);
  for (let at = 0; at < responsibilities.data.length; at++) {
    const k = scored.pairs.personas[at];
    if (k >= 0) gradient[k] -= (responsibilities.data[at] * scored.derivatives[at]) / responsibilities.rows;
  }
  return gradient;
}
