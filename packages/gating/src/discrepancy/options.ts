import type { Matrix } from '@mixture-of-personas/numeric';
import type { MixtureStepName } from '../fit/steps.js';
import type { Gate } from '../mixture/gate.js';
import type { KernelOptions, PairSamples } from './form.js';

/** Texts sampled at the fit's temperatures times a factor. */
export interface FactorSamples extends PairSamples {
  /** > 0; 1: the temperatures as they are. */
  readonly factor: number;
}

/** Settings of `fitDiscrepancy`. */
export interface DiscrepancyOptions extends KernelOptions {
  /** Embeddings of the records themselves, one row per record of the population, n × d: what texts are compared with. */
  readonly texts: Matrix;
  /** Texts sampled from pairs, at each factor on τ that may be chosen; four a pair at least, so that texts that chose weights never judge them. */
  readonly samples: readonly FactorSamples[];
  /** Rows of the population to learn from. @defaultValue all */
  readonly training?: ArrayLike<number>;
  /** τ at which factor 1 sampled, one per persona. @defaultValue 1 for all */
  readonly temperatures?: Float64Array;
  /** Steps to try beside `uniform`. @defaultValue ['biases', 'scales', 'matrices'] */
  readonly steps?: readonly Exclude<MixtureStepName, 'uniform'>[];
  /** Strengths of the ridge, in units of the discrepancy of equal weights. @defaultValue [1, 0.3, 0.1, 0.03, 0.01, 0.003] */
  readonly ridges?: readonly number[];
  /** Parts of the records for cross-validation. @defaultValue 4 */
  readonly folds?: number;
  /** Inputs that weights are averaged over. @defaultValue 64 */
  readonly contexts?: number;
  /** @defaultValue 0 */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** Result of one candidate in cross-validation. */
export interface DiscrepancyStep {
  readonly name: MixtureStepName;
  readonly factor: number;
  readonly ridge: number;
  /** Decrease of the discrepancy from the candidate kept before it, by records and texts left out, and its standard error over records. */
  readonly gain: number;
  readonly standardError: number;
  readonly kept: boolean;
}

/** Result of the fit. */
export interface DiscrepancyFit {
  /** Its temperatures are those given times the factor. */
  readonly gate: Gate;
  readonly factor: number;
  readonly step: MixtureStepName;
  /** False where equal weights won; the factor may still be another than 1. */
  readonly fitted: boolean;
  /** Cross-validated reduction against equal weights at the factor nearest to 1, with its standard error; 0 where they won. */
  readonly gain: number;
  readonly standardError: number;
  readonly steps: readonly DiscrepancyStep[];
  /** Mean weights of the sampled pairs, summing to 1: where a second round of texts should come from. */
  readonly weights: Float64Array;
}
