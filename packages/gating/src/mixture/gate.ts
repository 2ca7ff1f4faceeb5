import type { Matrix } from '@mixture-of-personas/numeric';

/**
 * A fitted (or initial) gate: everything that is learned. d is the width of the encoder's embeddings, K the number of personas.
 * x = W_x h(context), g_k = W_g h(persona_k), e_j = W_e h(exemplar_j) (paper Eq. 2).
 */
export interface Gate {
  /** W_x, hidden × d. */
  readonly inputWeights: Matrix<Float64Array>;
  /** W_g, hidden × d. */
  readonly personaWeights: Matrix<Float64Array>;
  /** W_e, hidden × d. */
  readonly exemplarWeights: Matrix<Float64Array>;
  /** τ, one a persona, dimensionless, > 0. */
  readonly temperatures: Float64Array;
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
}

/** What the fit asks of the outside world: one curve a request, in order. No language model is implied. */
export type PairScorer = (
  requests: readonly PairRequest[],
  options?: { readonly signal?: AbortSignal },
) => Promise<readonly LogLikelihoodCurve[]>;
