import type { Matrix } from '@mixture-of-personas/numeric';
import type { MixtureStepName } from '../fit/steps.js';
import type { Gate } from '../mixture/gate.js';
import type { KernelOptions, PairSamples } from './form.js';

/** Texts sampled at the fit's temperatures times a factor. */
export interface FactorSamples extends PairSamples {
  /** > 0; 1: the temperatures as they are. */
  readonly factor: number;
}

/** Point of a fit on scores (`MixtureResult`) that weights may start from in place of equal ones. */
export interface DiscrepancyStart {
  readonly vector: Float64Array;
  readonly step: MixtureStepName;
}

/** Weights that a candidate starts from, and is pulled to by the ridge. */
export type StartName = 'equal' | 'likelihood';

/**
 * Parameters that a candidate moves: none; the exemplars' biases; the personas' too. Steps beyond biases gain nothing that a few hundred texts
 * could show (docs/decisions/0141).
 */
export type DiscrepancyStepName = 'start' | 'exemplars' | 'personas';

/** Settings of `fitDiscrepancy`. */
export interface DiscrepancyOptions extends KernelOptions {
  /** Embeddings of the records themselves, one row per record of the population, n × d: what texts are compared with. */
  readonly texts: Matrix;
  /** Texts sampled from pairs, at each factor on τ that may be chosen. */
  readonly samples: readonly FactorSamples[];
  /** Rows of the population to learn from. @defaultValue all */
  readonly training?: ArrayLike<number>;
  /** τ at which factor 1 sampled, one per persona. @defaultValue 1 for all */
  readonly temperatures?: Float64Array;
  /** A fit by likelihood of the same population, whose weights are tried as they are and as a start, beside equal ones. */
  readonly likelihood?: DiscrepancyStart;
  /** Strengths of the ridge, in tenths of the kernel's spread over the records. @defaultValue [0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001] */
  readonly ridges?: readonly number[];
  /** Parts of the records for cross-validation. @defaultValue 4 */
  readonly folds?: number;
  /** Inputs that weights are averaged over. @defaultValue 64 */
  readonly contexts?: number;
  /** @defaultValue 0 */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Result of one candidate in cross-validation. */
export interface DiscrepancyStep {
  readonly start: StartName;
  readonly name: DiscrepancyStepName;
  readonly factor: number;
  /** 0 for `start`. */
  readonly ridge: number;
  /** Discrepancy by records and texts left out. */
  readonly discrepancy: number;
  /** Decrease of the discrepancy from the candidate kept before it, and its standard error over records and texts. */
  readonly gain: number;
  readonly standardError: number;
  readonly kept: boolean;
}

/** Result of the fit. */
export interface DiscrepancyFit {
  /** Its temperatures are those given times the factor. */
  readonly gate: Gate;
  readonly factor: number;
  readonly start: StartName;
  readonly step: DiscrepancyStepName;
  /** False where equal weights won; the factor may still be another than 1. */
  readonly fitted: boolean;
  /** Cross-validated reduction against equal weights at the factor nearest to 1, with its standard error; 0 where they won. */
  readonly gain: number;
  readonly standardError: number;
  readonly steps: readonly DiscrepancyStep[];
  /** Mean weights of the pairs that were sampled at the kept factor, summing to 1. */
  readonly weights: Float64Array;
}
