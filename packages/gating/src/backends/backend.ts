import type { Matrix } from '@mixture-of-personas/numeric';
import type { Gate } from '../mixture/gate.js';
import type { Mixture } from '../mixture/mixture.js';
import type { PairTable } from '../scores/pair-table.js';
import type { Precision } from '../mixture/products.js';

/** Embeddings of one batch: B contexts, K personas, N exemplars, all of width d. */
export interface GateInputs {
  /** B × d. */
  readonly contexts: Matrix;
  /** K × d. */
  readonly personas: Matrix;
  /** N × d. */
  readonly exemplars: Matrix;
  /** Exemplar to leave out for each context, or −1; B long. Left out: none is masked. */
  readonly masked?: ArrayLike<number> | undefined;
}

/** Chosen pairs with what the scorer said of them at the gate's temperatures; entry b·M + m belongs to context b. */
export interface ScoredPairs {
  readonly pairs: PairTable;
  /** log p_τ(y_b | pair), nats; ignored where the table has no pair. */
  readonly logProbabilities: Float64Array;
  /** d/dτ of it. */
  readonly derivatives: Float64Array;
}

/** ℓ and r of a batch. */
export interface BatchLikelihood {
  /** ℓ_b, nats, B long. */
  readonly logLikelihoods: Float64Array;
  /** r_bm ∝ π Ω p of the pair in entry b·M + m (E-step), B × M; rows sum to 1, entries without a pair are 0. */
  readonly responsibilities: Matrix<Float64Array>;
}

/** Loss and exact gradients of one batch, in the shape of the gate: d loss by each of its numbers. The loss is −mean ℓ (Eq. 5). */
export interface GateGradient extends Gate, BatchLikelihood {
  readonly loss: number;
}

/** A forward pass of a batch: the mixture's logits, and the gradient at the same weights once pairs have been scored. */
export interface GateForward {
  readonly mixture: Mixture;
  gradient(scored: ScoredPairs): GateGradient | Promise<GateGradient>;
}

/** Code that runs the heavy part of a step. All backends give the same numbers within float32. */
export interface GateBackend {
  readonly name: string;
  /** Of matrices; normalizers are float64 wherever the backend has it. */
  readonly precision: Precision;
  forward(gate: Gate, inputs: GateInputs): GateForward | Promise<GateForward>;
}
