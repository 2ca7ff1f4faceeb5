import { requireThreads, type Matrix } from '@mixture-of-personas/numeric';

import { requireCount, requireShare } from './checks.js';
import { MetricInputError } from './errors.js';
import { computations } from './evaluations/computations.js';
import { figureSteps, type FigurePlan } from './evaluations/figure-steps.js';
import type { ReadySettings } from './evaluations/ready-sets.js';
import { MAUVE_LIBRARY, type MauveOptions } from './mauve.js';
import type { Figure, MetricName } from './figure.js';
import type { RowProducts } from './row-products.js';
import type { Precision } from './tiles.js';

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

/** Settings of {@link evaluateSets}. */
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
  /** Bins on [−1, 1] of `cosine-kl`. @defaultValue 100 */
  readonly bins?: number;
  /** What `cosine-kl` adds to every bin's share. @defaultValue 1e-10 */
  readonly epsilon?: number;
  /** Neighbours of `precision`, `recall`, `density`, `coverage` and `subgroup`. @defaultValue 5 */
  readonly neighbours?: number;
  /** n of `distinct-n`. @defaultValue 2 */
  readonly ngram?: number;
  /** A shared run of so many words counts as a leak. @defaultValue 8 */
  readonly leakWords?: number;
  /** Groups of `subgroup` where there are no labels. @defaultValue 10 */
  readonly clusters?: number;
  /** Precision of pairwise products; see {@link Precision}. @defaultValue 'auto' */
  readonly precision?: Precision;
  /** Threads for cosines, neighbours and KID above 2,000 rows, where there are worker threads (Node). @defaultValue 1 */
  readonly threads?: number;
  /** Products for `cosine-kl` by TensorFlow or another faster source; see {@link RowProducts}. @defaultValue none */
  readonly products?: RowProducts | undefined;
  /** Settings of `mauve`, such as MAUVE_PAPER or MAUVE_LIBRARY. @defaultValue MAUVE_LIBRARY */
  readonly mauve?: MauveOptions;
  readonly onProgress?: (progress: EvaluationProgress) => void;
  readonly signal?: AbortSignal;
}

/** The figures asked for, by name, in the order asked. */
export type Evaluation = Partial<Record<MetricName, Figure>>;

/**
 * Computes the figures asked for, each with its interval, its floor and warnings. Parts shared by several (k-NN balls, words, unit rows) are derived once.
 * Cost: a figure, plus one a resample for frechet and vendi (20 at most for frechet-infinity), plus one of half the size a floor;
 * the others resample rows, labels or a thousand rows' pairs, which is cheap.
 * @throws MetricInputError when a metric needs a part that is missing; ShapeError, naming set and row, for unusable numbers; SettingError for
 *   a setting out of range; what `signal` was aborted with
 */
export async function evaluateSets(sets: EvaluatedSets, options: EvaluationOptions = {}): Promise<Evaluation> {
  const { metrics = ['frechet', 'mauve', 'cosine-kl'], onProgress, signal } = options;
  const plan = planOf(options);
  requireAligned('synthetic', sets.synthetic);
  requireAligned('golden', sets.golden);
  const evaluation: Evaluation = {};
  let lastPause = Date.now();
  for (const [at, metric] of metrics.entries()) {
    const steps = figureSteps(metric, sets, plan);
    for (;;) {
      signal?.throwIfAborted();
      const step = steps.next();
      if (step.done) {
        evaluation[metric] = step.value;
        break;
      }
      onProgress?.({ metric, stage: step.value.stage, done: (at + step.value.done) / metrics.length });
      if (Date.now() - lastPause > 50) {
        await new Promise((resolve) => setTimeout(resolve, 0)); // lets timers and abort signals through
        lastPause = Date.now();
      }
    }
  }
  return evaluation;
}

function planOf(options: EvaluationOptions): FigurePlan {
  const where = 'evaluateSets';
  const { seed = 0, bootstrap = 100, confidence = 0.95, floorSplits = 1, metrics = [] } = options;
  requireCount(where, 'seed', seed, Number.MIN_SAFE_INTEGER);
  requireCount(where, 'bootstrap', bootstrap, 0);
  requireCount(where, 'floorSplits', floorSplits, 0);
  requireShare(where, 'confidence', confidence);
  for (const metric of metrics) {
    if (Object.hasOwn(computations, metric)) continue;
    throw new MetricInputError(
      where,
      `there is no metric "${String(metric)}"`,
      `Known: ${Object.keys(computations).join(', ')}.`,
    );
  }
  return { settings: settingsOf(options, seed), bootstrap, confidence, floorSplits };
}

function settingsOf(options: EvaluationOptions, seed: number): ReadySettings {
  const { normalize = false, bins = 100, epsilon = 1e-10, neighbours = 5, ngram = 2, leakWords = 8 } = options;
  const { clusters = 10, precision = 'auto', threads = 1, mauve = MAUVE_LIBRARY } = options;
  requireCount('evaluateSets', 'leakWords', leakWords, 1);
  requireCount('evaluateSets', 'clusters', clusters, 1);
  requireThreads('evaluateSets', threads);
  return {
    seed,
    normalize,
    bins,
    epsilon,
    neighbours,
    ngram,
    leakWords,
    clusters,
    precision,
    threads,
    products: options.products,
    mauve: { ...mauve, seed },
  };
}

function requireAligned(name: string, { embeddings, texts, labels }: EvaluatedSet): void {
  const lengths = [embeddings?.rows, texts?.length, labels?.length].filter((length) => length !== undefined);
  if (new Set(lengths).size > 1) {
    throw new MetricInputError(
      'evaluateSets',
      `${name} has ${lengths.join(', ')} embeddings, texts or labels`,
      'Give one of each for every row.',
    );
  }
}
