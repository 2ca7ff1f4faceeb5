import {
  kMeansSteps,
  principalComponents,
  randomFor,
  SettingError,
  toFloat32,
  unitRows,
  type Clustering,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { stacked } from '@mixture-of-personas/numeric/internal';

import { standardDeviation } from '../metric/bootstrap.js';
import { requireCount, requireDirections, requirePositive, requireSets, requireShare } from '../metric/checks.js';
import { defineMetric, warnIf, type Metric } from '../metric/define-metric.js';
import { relabelingInterval } from '../metric/intervals.js';
import type { MauveOptions } from '../metric/settings.js';
import { correctedMauve } from './corrected-mauve.js';
import { countsIn, mauveOfHistograms, type Frontier } from './divergence-frontier.js';

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
  /** Their standard deviation: how much depends on the clustering. 0 with one run. */
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
  const { pcaShare = 0.9, restarts = 5, maxIterations = 500, seed = 0 } = options;
  const buckets = checkedBuckets(synthetic, golden, options);
  const { rows: points } = principalComponents(
    stacked(toFloat32(unitRows(golden)), toFloat32(unitRows(synthetic))),
    pcaShare,
  );
  const runs: Clustering[] = [];
  for (let run = 0; run < restarts; run++) {
    const steps = kMeansSteps(points, buckets, { seed: seedOf(seed, run), maxIterations });
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
  const { buckets = 'auto', pcaShare = 0.9, restarts = 5, maxIterations = 500, scaling = 5, points = 25 } = options;
  requireSets('mauve', synthetic, golden, 1);
  requireDirections('mauve', { synthetic, golden });
  requireShare('mauve', 'pcaShare', pcaShare, true);
  requireCount('mauve', 'restarts', restarts, 1);
  requireCount('mauve', 'maxIterations', maxIterations, 1);
  requirePositive('mauve', 'scaling', scaling);
  requireCount('mauve', 'points', points, 2);
  const k = buckets === 'auto' ? Math.max(2, Math.round(Math.min(synthetic.rows, golden.rows) / 10)) : buckets;
  requireCount('mauve', 'buckets', k, 1);
  const rows = synthetic.rows + golden.rows;
  if (k > rows) throw new SettingError('mauve', 'buckets', `at most the ${rows} rows of both sets`, k);
  return k;
}

/** MAUVE, corrected for the sizes of the sets; the raw score, which other software prints, is a part. */
export const mauveMetric: Metric<'mauve'> = defineMetric({
  name: 'mauve',
  facts: {
    title: 'MAUVE',
    better: 'higher',
    range: [0, 1],
    needs: 'embeddings',
    of: 'two sets',
    functions: ['mauve', 'correctedMauve'],
    formula:
      'area under (e^{−c·KL(q‖r)}, e^{−c·KL(p‖r)}), r = wp+(1−w)q, over k-means buckets, corrected for n; `parts.raw` is not',
    source: 'Pillutla 2021, 2023',
    cost: '1.6 s at k 500; little',
  },
  compute: ({ embeddings, settings: { seed, mauve: chosen } }) => {
    const both = embeddings('mauve');
    const result = mauve(...both, chosen);
    const { scaling = 5, points = 25, pcaShare = 0.9, restarts = 5, preset } = chosen;
    const { buckets, components, syntheticBuckets, goldenBuckets, runSpread } = result;
    const state = correctedMauve([syntheticBuckets, goldenBuckets], { buckets, scaling, points, seed });
    const { lowest, highest } = state;
    const n = Math.min(both[0].rows, both[1].rows);
    return {
      value: Math.min(1, state.value),
      parts: {
        raw: result.mauve,
        highest,
        mauveStar: result.mauveStar,
        frontierIntegral: result.frontierIntegral,
        frontierIntegralStar: result.frontierIntegralStar,
        runSpread,
        ...missingBuckets(result.syntheticCounts, result.goldenCounts),
      },
      settings: { preset, buckets, scaling, pcaShare, components, restarts, points, lowest },
      warnings: [
        ...warnIf(
          n < 5 * buckets,
          `${n} rows for ${buckets} buckets: equal sets of these sizes score ${highest.toFixed(3)} raw, not 1.`,
        ),
        ...warnIf(
          state.pooled === null,
          'So few rows a bucket that equal sets look disjoint: the score says nothing. Use fewer buckets.',
        ),
      ],
      state,
    };
  },
  resample: ({ value, pooled }, { settings: { seed } }) => {
    if (pooled === null) return undefined;
    const interval = relabelingInterval({ ...pooled, seed });
    // Around the score before it is cut at 1.
    return (
      interval && {
        ...interval,
        interval: (_, samples, confidence) => interval.interval(value, samples, confidence),
      }
    );
  },
});

/** Share of golden's rows in buckets without a synthetic row, and of synthetic's in buckets without a golden one. */
function missingBuckets(p: Float64Array, q: Float64Array): Record<string, number> {
  const shareWithout = (own: Float64Array, other: Float64Array): number =>
    own.reduce((sum, count, b) => sum + (other[b] === 0 ? count : 0), 0) / own.reduce((a, b) => a + b, 0);
  return { goldenUnreached: shareWithout(q, p), syntheticInvented: shareWithout(p, q) };
}
