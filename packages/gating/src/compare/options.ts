import type { Gate, Pair } from '../mixture/gate.js';
import type { MeanWithError } from './clustered.js';

/** Source of a mixture's temperatures before it is judged: from the training records, never from held-out ones. */
export type TemperatureChoice =
  /** One τ for all personas, the best on training records. */
  | 'global'
  /** The gate's own τ_k times one factor, the best on training records. */
  | 'scaled'
  /** The gate's own τ_k as they are. */
  | 'own';

/** A mixture to be judged. */
export type ComparedMixture =
  /** Its temperatures are fitted globally unless told otherwise. */
  | {
      readonly name: string;
      readonly kind: 'gate';
      readonly gate: Gate;
      readonly temperatures?: TemperatureChoice;
      /** Judged by its mean weights over the training inputs, whatever the likelihood: what it is worth without a record's own input. */
      readonly withoutInput?: boolean;
    }
  /** One pair drawn uniformly a block of records: what a single prompt is worth on average. */
  | { readonly name: string; readonly kind: 'randomPair' };

/** Settings of `compareGates`. */
export interface CompareOptions {
  /** Rows of `records` on which each mixture's temperature is fitted. */
  readonly training: ArrayLike<number>;
  /** Rows of `records` on which the mixtures are judged. */
  readonly heldOut: ArrayLike<number>;
  /** P, pairs per record, shared by all mixtures: P / mixtures from each, at least 1 each. @defaultValue 48 */
  readonly pairs?: number;
  /** P on training records. @defaultValue pairs */
  readonly trainingPairs?: number;
  /** At most this many training records, the first of `training`, are used for temperatures. @defaultValue 100 */
  readonly trainingRecords?: number;
  /**
   * Consecutive records that share the uniform numbers behind their draws, ≥ 1: they then ask for the same or similar pairs, which a
   * prefix cache likes. Each record's estimate stays unbiased; standard errors are clustered by block. @defaultValue 4
   */
  readonly recordsPerDraw?: number;
  /**
   * 'conditional': p(y | the record's own gate input). 'marginal': p(y) = mean over training records x of Σ π(x) Ω(x) p, which is what
   * simulation draws from when the gate's input is the record. @defaultValue 'conditional'
   */
  readonly likelihood?: 'conditional' | 'marginal';
  /** @defaultValue [0.25, 2.5] */
  readonly temperatureRange?: readonly [number, number] | undefined;
  /** @defaultValue 0 */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Result of one mixture: the mean of its log-likelihoods with a standard error that is clustered by block. */
export interface MixtureEstimate extends MeanWithError {
  readonly name: string;
  /** τ_k used, K long. */
  readonly temperatures: Float64Array;
  /** log p̂(y) of each held-out record, nats, in the order of `heldOut`. */
  readonly logLikelihoods: Float64Array;
  /** Mean over records of (Σ t)² / Σ t² with t = w p/q: on how many of the P pairs the estimate rests. */
  readonly effectivePairs: number;
  /** The mean with a random half of the pairs: how far it rises with P is how far Jensen's inequality still holds it down. */
  readonly meanWithHalfThePairs: number;
  /** Estimated bias of `mean` that Jensen's inequality leaves, nats, ≤ 0 but for noise: half the pairs have twice as much. */
  readonly bias: number;
}

/**
 * Mean of a minus mean of b on the same records. The standard error is paired and clustered by block: of sampling records and pairs, not of the
 * bias; ∞ where one block cannot show it.
 */
export interface GateDifference extends MeanWithError {
  /** Estimated bias of `mean`, nats. */
  readonly bias: number;
}

/** A comparison: one estimate a mixture, in the order given, and all differences against any of them. */
export interface GateComparison {
  readonly estimates: readonly MixtureEstimate[];
  /** Pairs per held-out record, and the distinct (record, pair) curves asked for in all. */
  readonly pairs: number;
  readonly pairsScored: number;
  readonly difference: (a: string, b: string) => GateDifference;
  /** The (record, pair) requests of the held-out records, so that a caller can score something else on the same ones. */
  readonly heldOutPairs: readonly (readonly Pair[])[];
}
