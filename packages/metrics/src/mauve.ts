import {
  kMeansSteps,
  randomFor,
  SettingError,
  toFloat32,
  unitRows,
  type Clustering,
  type Matrix,
} from '@mixture-of-personas/numeric';

import { standardDeviation } from './bootstrap.js';
import { requireCount, requireDirections, requirePositive, requireSets, requireShare } from './checks.js';
import { mauveOfHistograms, type Frontier, type FrontierOptions } from './divergence-frontier.js';
import { projectedToShare } from './principal-components.js';

/** Settings of {@link mauve}. */
export interface MauveOptions extends FrontierOptions {
  /** Clusters k, at most n₁ + n₂; `auto` is max(2, round(min(n₁, n₂) / 10)). @defaultValue 'auto' */
  readonly buckets?: number | 'auto';
  /** Share of the variance that the principal components kept must hold, (0, 1]. @defaultValue 0.9 */
  readonly pcaShare?: number;
  /** k-means runs, each from other random rows; the one of lowest objective counts. @defaultValue 5 */
  readonly restarts?: number;
  /** Lloyd iterations a run at most; it ends before when no row changes cluster. @defaultValue 500 */
  readonly iterations?: number;
  /** Seed of the rows that k-means starts from. @defaultValue 0 */
  readonly seed?: number;
}

/** The setting of the Mixture of Personas paper: 500 buckets, scaling 1. Scores then lie in [0.5, 1]. */
export const MAUVE_PAPER: MauveOptions = { buckets: 500, scaling: 1 };
/** The default of the MAUVE authors' package: a tenth as many buckets as rows, scaling 5. */
export const MAUVE_LIBRARY: MauveOptions = { buckets: 'auto', scaling: 5 };

/** MAUVE with all it is made of. */
export interface Mauve extends Frontier {
  readonly buckets: number;
  /** Principal components kept. */
  readonly components: number;
  /** Rows of either set in each bucket. */
  readonly syntheticCounts: Float64Array;
  readonly goldenCounts: Float64Array;
  /** Bucket of each row. */
  readonly syntheticBuckets: Int32Array;
  readonly goldenBuckets: Int32Array;
  /** Iterations of the run that counts, and of all. */
  readonly iterations: readonly number[];
  /** The score that each k-means run alone would have given. */
  readonly runScores: readonly number[];
  /** Their standard deviation: how much hangs on the clustering. 0 with one run. */
  readonly runSpread: number;
}

/**
 * MAUVE (Pillutla et al. 2021, 2023): both sets are scaled to unit rows, projected on common principal components and clustered together; the two
 * histograms over clusters are compared along their divergence curve.
 * @param synthetic n₁ × d
 * @param golden n₂ × d
 * @returns a score in [0, 1], 1 for equal histograms, with curve and counts
 * @throws ShapeError for different widths, a NaN or an all-zero row (named); SettingError for buckets above n₁ + n₂, scaling ≤ 0 …
 */
export function mauve(synthetic: Matrix, golden: Matrix, options: MauveOptions = {}): Mauve {
  const steps = mauveSteps(synthetic, golden, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same as a generator: yields the share of the k-means runs done after every iteration, so that a caller can show progress or stop. */
export function* mauveSteps(synthetic: Matrix, golden: Matrix, options: MauveOptions = {}): Generator<number, Mauve> {
  const { pcaShare = 0.9, restarts = 5, iterations = 500, seed = 0 } = options;
  const buckets = checkedBuckets(synthetic, golden, options);
  const { rows: points } = projectedToShare(stackedUnitRows(golden, synthetic), pcaShare);
  const runs: Clustering[] = [];
  for (let run = 0; run < restarts; run++) {
    const steps = kMeansSteps(points, buckets, { seed: seedOf(seed, run), maxIterations: iterations });
    let step = steps.next();
    for (; !step.done; step = steps.next()) yield run / restarts;
    runs.push(step.value);
  }
  const best = runs.reduce((a, b) => (b.inertia < a.inertia ? b : a));
  const histogramsOf = ({ labels }: Clustering): [Float64Array, Float64Array] => [
    countsIn(labels.subarray(golden.rows), buckets),
    countsIn(labels.subarray(0, golden.rows), buckets),
  ];
  const runScores = runs.map((run) => mauveOfHistograms(...histogramsOf(run), options).mauve);
  const [syntheticCounts, goldenCounts] = histogramsOf(best);
  return {
    ...mauveOfHistograms(syntheticCounts, goldenCounts, options),
    buckets,
    components: points.cols,
    syntheticCounts,
    goldenCounts,
    syntheticBuckets: best.labels.slice(golden.rows),
    goldenBuckets: best.labels.slice(0, golden.rows),
    iterations: runs.map((run) => run.iterations),
    runScores,
    runSpread: standardDeviation(runScores),
  };
}

/**
 * Standard deviation of the score over whole repetitions with other seeds: the spread of what is printed (each the best of its restarts).
 * Costs `seeds` times a score.
 */
export function mauveSeedSpread(
  synthetic: Matrix,
  golden: Matrix,
  options: MauveOptions & { readonly seeds?: number } = {},
): { readonly scores: readonly number[]; readonly spread: number } {
  const { seeds = 5, seed = 0 } = options;
  requireCount('mauveSeedSpread', 'seeds', seeds, 2);
  const scores = Array.from(
    { length: seeds },
    (_, i) => mauve(synthetic, golden, { ...options, seed: seed + i }).mauve,
  );
  return { scores, spread: standardDeviation(scores) };
}

/** A seed for each run: k-means started from seeds 0 and 1 must share no run. */
function seedOf(seed: number, run: number): number {
  return Math.floor(randomFor(seed, 'mauve-run', run)() * 2 ** 32);
}

function checkedBuckets(synthetic: Matrix, golden: Matrix, options: MauveOptions): number {
  const { buckets = 'auto', pcaShare = 0.9, restarts = 5, iterations = 500, scaling = 5, points = 25 } = options;
  requireSets('mauve', synthetic, golden, 1);
  requireDirections('mauve', 'synthetic', synthetic);
  requireDirections('mauve', 'golden', golden);
  requireShare('mauve', 'pcaShare', pcaShare, true);
  requireCount('mauve', 'restarts', restarts, 1);
  requireCount('mauve', 'iterations', iterations, 1);
  requirePositive('mauve', 'scaling', scaling);
  requireCount('mauve', 'points', points, 2);
  const k = buckets === 'auto' ? Math.max(2, Math.round(Math.min(synthetic.rows, golden.rows) / 10)) : buckets;
  requireCount('mauve', 'buckets', k, 1);
  const rows = synthetic.rows + golden.rows;
  if (k > rows) throw new SettingError('mauve', 'buckets', `at most the ${rows} rows of both sets`, k);
  return k;
}

/** Golden's rows, then synthetic's, each of unit length, in float32. */
function stackedUnitRows(golden: Matrix, synthetic: Matrix): Matrix<Float32Array> {
  const data = new Float32Array(golden.data.length + synthetic.data.length);
  data.set(toFloat32(unitRows(golden)).data);
  data.set(toFloat32(unitRows(synthetic)).data, golden.data.length);
  return { data, rows: golden.rows + synthetic.rows, cols: golden.cols };
}

function countsIn(labels: Int32Array, buckets: number): Float64Array {
  const counts = new Float64Array(buckets);
  for (const label of labels) counts[label]++;
  return counts;
}
