import type { Matrix } from '@mixture-of-personas/numeric';

import type { Figure, MetricName } from './figure.js';

/** One side of a comparison. Give what there is; a metric that needs more says so. All parts have one entry a row. */
export interface EvaluatedSet {
  readonly embeddings?: Matrix;
  readonly texts?: readonly string[];
  readonly labels?: readonly string[];
}

/** The two sides, and optionally the exemplars that were put in prompts (for `leak`; golden when absent). */
export interface EvaluatedSets {
  readonly synthetic: EvaluatedSet;
  readonly golden: EvaluatedSet;
  readonly exemplars?: EvaluatedSet;
}

/** Told before each metric and while it runs. */
export interface EvaluationProgress {
  readonly metric: MetricName;
  readonly stage: 'value' | 'interval' | 'floor';
  /** Share of the whole evaluation that is done, 0 … 1. */
  readonly done: number;
}

export interface EvaluationOptions {
  /** Which figures. @defaultValue frechet, mauve, cosine-kl */
  readonly metrics?: readonly MetricName[];
  /** Seed of everything random: k-means, resamples, splits. @defaultValue 0 */
  readonly seed?: number;
  /** Bootstrap resamples for the intervals; 0 for none. @defaultValue 100 */
  readonly bootstrap?: number;
  /** Probability that the intervals aim at. @defaultValue 0.95 */
  readonly confidence?: number;
  /** Random halvings of golden for the floor; 0 for none. @defaultValue 1 */
  readonly floorSplits?: number;
  /** Scale embeddings to unit length first (Fréchet, KID, MMD, neighbours, energy, f1). @defaultValue false */
  readonly normalize?: boolean;
  readonly onProgress?: (progress: EvaluationProgress) => void;
  readonly signal?: AbortSignal;
}

/** The figures asked for, by name, in the order asked. */
export type Evaluation = Partial<Record<MetricName, Figure>>;

/** The signature of `evaluateSets`. */
export type EvaluateSets = (sets: EvaluatedSets, options?: EvaluationOptions) => Promise<Evaluation>;
