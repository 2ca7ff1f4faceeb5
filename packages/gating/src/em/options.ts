import type { GateBackend } from '../backends/backend.js';
import type { Gate } from '../mixture/gate.js';

/** Which pairs are scored for a training record. */
export type PairChoice =
  /** The `topM` pairs of largest π_k Ω_kj (the paper): what is learned is a lower bound, and it confirms its first choice. */
  | { readonly kind: 'top' }
  /**
   * `pairs` pairs drawn from the gate without replacement (Gumbel-top-M), weighted so that the sum of their terms is an unbiased
   * estimate of the full likelihood; as many as `topM` unless told otherwise.
   */
  | { readonly kind: 'gumbel'; readonly pairs?: number };

/** The optimizer and its own numbers. Weight decay is decoupled (AdamW) and never touches the temperatures. */
export type OptimizerChoice =
  | {
      readonly kind: 'adamw';
      readonly beta1?: number;
      readonly beta2?: number;
      readonly epsilon?: number;
      readonly weightDecay?: number;
    }
  | { readonly kind: 'sgd'; readonly momentum?: number; readonly weightDecay?: number }
  | { readonly kind: 'adagrad'; readonly epsilon?: number; readonly weightDecay?: number };

/** Settings of `fitGate`. */
export interface FitOptions {
  /** Start of the fit: `initialGate(…)`, `randomGate(…)` or a gate fitted before. Its shape fixes hidden, d and K. */
  readonly gate: Gate;
  /** Rows of `records` to learn from. @defaultValue every row that is not in `heldOut` */
  readonly training?: ArrayLike<number>;
  /** Rows of `records` to stop on. @defaultValue none: all epochs are run and the last gate is returned */
  readonly heldOut?: ArrayLike<number>;
  /** Pairs scored a held-out record each time a gate is judged, a third each from it, from the best gate before it, and uniformly. @defaultValue 16 */
  readonly heldOutPairs?: number;
  /** Epochs without a better held-out log-likelihood before stopping, ≥ 1. @defaultValue 2 */
  readonly patience?: number;
  /**
   * 'paper': the procedure of the paper, that is, the top M pairs, a record's own exemplar always masked, AdamW, no biases. Settings given
   * beside it win. @defaultValue none
   */
  readonly preset?: 'paper';
  /** M, pairs a training record, ≥ 1. @defaultValue 4 */
  readonly topM?: number;
  /** @defaultValue `{kind: 'gumbel'}` */
  readonly exploration?: PairChoice;
  /** @defaultValue `{kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01}` */
  readonly optimizer?: OptimizerChoice;
  /** Step size of W_x, W_g and W_e, > 0. @defaultValue 1e-3 */
  readonly learningRate?: number;
  /** Step size of log τ, ≥ 0; 0 keeps the temperatures. @defaultValue 0.03 */
  readonly temperatureLearningRate?: number;
  /** τ never leaves this range: that of the score curves. @defaultValue [0.25, 2.5] */
  readonly temperatureRange?: readonly [number, number] | undefined;
  /** Records per step, ≥ 1. @defaultValue 32 */
  readonly batchSize?: number;
  /** Passes over the training records, ≥ 1. @defaultValue 10 */
  readonly epochs?: number;
  /** Optimizer steps on a batch with its pairs fixed, ≥ 1. @defaultValue 1 */
  readonly mStepsPerBatch?: number;
  /** Probability that a record's own exemplar is masked in a step, 0 … 1. @defaultValue 1 */
  readonly selfMask?: number;
  /** Whether the biases of Eq. 2 are learned too; the paper has none. @defaultValue false */
  readonly affine?: boolean;
  /** @defaultValue 0 */
  readonly seed?: number;
  /** A `checkpoint` of an earlier fit with the same settings: continues it, to the same bytes as an undisturbed one. */
  readonly checkpoint?: Uint8Array;
  /** @defaultValue the built-in one */
  readonly backend?: GateBackend;
  /** Ends the fit with the signal's reason at the next step. */
  readonly signal?: AbortSignal | undefined;
  /** Of `fitGate`: called after every step, and awaited. */
  readonly onStep?: (step: FitStep) => void | Promise<void>;
}

/** Report of one step of a fit. All log-likelihoods are means over the batch, nats per record. */
export interface FitStep {
  /** 1 … epochs. */
  readonly epoch: number;
  /** Steps done in all, 1 … steps. */
  readonly step: number;
  /** Steps that the whole fit takes if it is not stopped early. */
  readonly steps: number;
  /** log Σ π Ω p over the pairs scored, before the step: a LOWER BOUND of the log-likelihood, loose by several nats. */
  readonly truncatedBound: number;
  /** With `gumbel`: mean log of the unbiased estimate of the likelihood (still below the truth by Jensen); with `top`: absent. */
  readonly sampledLogLikelihood?: number;
  /** exp(entropy of the batch's mean π): 1 … K. Near 1: the mixture has collapsed. */
  readonly effectivePersonas: number;
  /** exp(entropy of the batch's mean Σ_k π_k Ω_k·): 1 … N. */
  readonly effectiveExemplars: number;
  readonly temperature: { readonly min: number; readonly mean: number; readonly max: number };
  /** Pairs this step needed, and how many of them were new to the scorer. */
  readonly pairsRequested: number;
  readonly pairsScored: number;
  /** After the last step of an epoch only. */
  readonly epochEnd?: EpochEnd;
}

/** The end of an epoch: how good the gate is on held-out records, and all that is needed to resume from here. */
export interface EpochEnd {
  /** Mean held-out log-likelihood by the estimator of `compareGates` (not the bound), nats per record; absent without held-out records. */
  readonly heldOutLogLikelihood?: number;
  /** Whether it is the best so far (always true without held-out records). */
  readonly best: boolean;
  /** Checkpoint to pass as `checkpoint` to resume from here. */
  readonly checkpoint: Uint8Array;
}

/** Result of a fit when its steps are done. */
export interface FitResult {
  /** The gate of the best epoch; without held-out records the last one. */
  readonly gate: Gate;
  /** The epoch it is from; 0 means that no epoch beat the initial gate. */
  readonly epoch: number;
  readonly heldOutLogLikelihood?: number;
  /** The initial gate's, when it was the only one to judge. */
  readonly initialHeldOutLogLikelihood?: number;
  readonly stoppedEarly: boolean;
}
