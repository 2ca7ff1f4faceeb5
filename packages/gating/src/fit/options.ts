import type { Gate } from '../mixture/gate.js';
import type { Design, DesignOptions } from '../scores/design.js';
import type { ScoreTable } from '../scores/score-table.js';
import type { Objective } from './objective.js';
import type { MixtureStepName } from './steps.js';

/** Settings of the fit itself. */
export interface MixtureSettings {
  /** @defaultValue 'marginal' */
  readonly objective?: Objective;
  /** The steps to try beside `uniform`, in this order. @defaultValue ['biases', 'scales', 'matrices'] */
  readonly steps?: readonly Exclude<MixtureStepName, 'uniform'>[];
  /** Parts of the training records for cross-validation, 2 … n. @defaultValue 5 */
  readonly folds?: number;
  /** Strengths of the ridge that cross-validation chooses from, nats per record. @defaultValue [0.1, 0.03, 0.01, 0.003, 0.001, 0.0003] */
  readonly ridges?: readonly number[];
  /**
   * Inputs that the marginal mean is taken over in cross-validation, drawn once; four times as many where records are judged and in the fit that
   * is returned. @defaultValue 16
   */
  readonly contexts?: number;
  /** Directions of the embeddings that the scales work on. @defaultValue 64 */
  readonly rank?: number;
  /** Directions that the matrices work on. @defaultValue 8 */
  readonly matrixRank?: number;
  /** τ never leaves this range: that of the score curves. @defaultValue [0.25, 2.5] */
  readonly temperatureRange?: readonly [number, number] | undefined;
  /** @defaultValue 0 */
  readonly seed?: number;
  /** Ends the fit with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each step of the fit, and for each batch of scores. */
  readonly onStep?: (progress: MixtureProgress) => void;
}

/** Settings of `fitMixture`. */
export interface MixtureOptions extends MixtureSettings {
  /** Rows of `records` to learn from. @defaultValue all */
  readonly training?: ArrayLike<number>;
  /** Which pairs are scored. */
  readonly design?: DesignOptions;
}

/** One message about a running fit. */
export type MixtureProgress =
  | { readonly kind: 'scores'; readonly round: number; readonly scored: number; readonly total: number }
  | { readonly kind: 'step'; readonly step: MixtureStep };

/** Result of one step in cross-validation. */
export interface MixtureStep {
  readonly name: MixtureStepName;
  /** Strength of the ridge that won, nats per record; 0 for `uniform`. */
  readonly ridge: number;
  /** Mean log-likelihood of records left out, nats. */
  readonly logLikelihood: number;
  /** Mean gain over the step that was kept before it, and its standard error over records; 0 for `uniform`. */
  readonly gain: number;
  readonly standardError: number;
  /** Whether the gain is larger than its standard error. */
  readonly kept: boolean;
}

/** Result of a fit on scores. */
export interface MixtureResult {
  readonly gate: Gate;
  /** The finest step that was kept. */
  readonly step: MixtureStepName;
  /** False where equal weights won: the gate then is the uniform one at fitted temperatures, and must be called so. */
  readonly fitted: boolean;
  /**
   * Cross-validated difference of the kept step from equal weights, nats per record, with its standard error; 0 ± 0 where equal weights won. It chooses
   * the step. Where a record is scored under a share of the pairs it lies below the gain (Jensen): `compareGates` on held-out records measures that.
   */
  readonly gain: number;
  readonly standardError: number;
  /** All steps tried, in order. */
  readonly steps: readonly MixtureStep[];
  readonly objective: Objective;
  /** Equal weights at temperatures fitted to the same scores: what the gain is over. */
  readonly uniform: Gate;
  /** The fit's own parameters, from which `fitDiscrepancy` of the same population may start. */
  readonly vector: Float64Array;
}

/** Result of `fitMixture`: the fit with the scores it used. */
export interface MixtureFit extends MixtureResult {
  readonly table: ScoreTable;
  readonly design: Design;
}
