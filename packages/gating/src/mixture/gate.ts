import type { Matrix } from '@mixture-of-personas/numeric';

/**
 * A fitted (or initial) gate: everything that is learned. d is the width of the encoder's embeddings, K the number of personas.
 * x = W_x h(context) + b_x, g_k = W_g h(persona_k) + b_g, e_j = W_e h(exemplar_j) + b_e (paper Eq. 2, whose biases are 0).
 */
export interface Gate {
  /** W_x, hidden × d. */
  readonly inputWeights: Matrix<Float64Array>;
  /** W_g, hidden × d. */
  readonly personaWeights: Matrix<Float64Array>;
  /** W_e, hidden × d. */
  readonly exemplarWeights: Matrix<Float64Array>;
  /** b_x, b_g and b_e, hidden long each. */
  readonly inputBias: Float64Array;
  readonly personaBias: Float64Array;
  readonly exemplarBias: Float64Array;
  /** τ, one per persona, dimensionless, > 0. */
  readonly temperatures: Float64Array;
}

/** A copy that shares no memory. */
export function copyGate(gate: Gate): Gate {
  const matrix = (one: Matrix<Float64Array>): Matrix<Float64Array> => ({ ...one, data: one.data.slice() });
  return {
    inputWeights: matrix(gate.inputWeights),
    personaWeights: matrix(gate.personaWeights),
    exemplarWeights: matrix(gate.exemplarWeights),
    inputBias: gate.inputBias.slice(),
    personaBias: gate.personaBias.slice(),
    exemplarBias: gate.exemplarBias.slice(),
    temperatures: gate.temperatures.slice(),
  };
}

/** A (persona, exemplar) prompt, by index. */
export interface Pair {
  readonly persona: number;
  readonly exemplar: number;
}

/** A pair to be scored for one record. */
export interface PairRequest extends Pair {
  readonly record: number;
}

/** Log-likelihood of one record under one pair as a function of the temperature; `llm`'s score curve is one. */
export interface LogLikelihoodCurve {
  /** log p_τ(record | pair), nats. */
  logProbability(temperature: number): number;
  /** d/dτ of it. */
  derivative(temperature: number): number;
  /** Upper minus lower bound, nats, where `logProbability` is the middle between bounds; undefined where it is exact. */
  readonly width?: ((temperature: number) => number) | undefined;
}

/** Scorer that the fit asks: one curve per request, in order. No language model is implied. */
export type PairScorer = (
  requests: readonly PairRequest[],
  options?: { readonly signal?: AbortSignal | undefined },
) => Promise<readonly LogLikelihoodCurve[]>;
