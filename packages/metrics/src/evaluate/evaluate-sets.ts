import { requireThreads } from '@mixture-of-personas/numeric';

import { ROWS_PER_DIMENSION } from '../distances/frechet.js';
import { requireCount, requireShare } from '../metric/checks.js';
import type { Metric } from '../metric/define-metric.js';
import { MetricInputError } from '../metric/errors.js';
import { namesOf, rowsOfSet, type EvaluatedSet, type EvaluatedSets } from '../metric/evaluated-sets.js';
import { MAUVE_PRESETS, type MauveOptions, type MauvePreset, type Settings } from '../metric/settings.js';
import { metricSteps, type MetricPlan } from './metric-steps.js';
import { DEFINITIONS, METRIC_NAMES, type MetricName, type MetricValue } from './registry.js';

/** Told before each metric and while it runs. */
export interface EvaluationProgress {
  readonly metric: string;
  readonly stage: 'value' | 'interval' | 'floor';
  /** Share of the whole evaluation that is done, 0 … 1. */
  readonly done: number;
}

/** Settings of {@link evaluateSets}. */
export interface EvaluationOptions<Own extends string = never> extends Partial<Omit<Settings, 'mauve'>> {
  /** Metrics by name, and your own from `defineMetric`. @defaultValue `defaultMetrics(sets)` */
  readonly metrics?: readonly (MetricName | Metric<Own>)[] | undefined;
  /** Metrics beside those of `metrics` or the default ones. @defaultValue none */
  readonly also?: readonly MetricName[];
  /** Bootstrap resamples for the intervals; 0 for none. @defaultValue 100 */
  readonly bootstrap?: number;
  /** Probability that the intervals aim at. @defaultValue 0.95 */
  readonly confidence?: number;
  /** Random splits of the real records for the floor; 0 for none. @defaultValue 1 */
  readonly floorSplits?: number;
  /** Buckets and scaling of `mauve`, named in its result; see {@link MAUVE_PRESETS}. @defaultValue 'library' */
  readonly mauve?: MauvePreset | MauveOptions;
  readonly onProgress?: (progress: EvaluationProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The metrics asked for, by name, in the order asked. */
export type Evaluation<Own extends string = never> = Partial<Record<MetricName | Own, MetricValue<Own>>>;

/**
 * The metrics that a comparison of these sets starts from: a distance, MAUVE and the cosine histograms. The distance is `kid`, which is unbiased,
 * where there are fewer than five rows per dimension, else `frechet`.
 */
export function defaultMetrics({ synthetic, golden }: EvaluatedSets): MetricName[] {
  const rows = Math.min(rowsOfSet(synthetic), rowsOfSet(golden));
  const d = golden.embeddings?.cols ?? 0;
  return [rows < ROWS_PER_DIMENSION * d ? 'kid' : 'frechet', 'mauve', 'cosine-kl'];
}

/**
 * Computes the metrics asked for, each with its interval, its floor and warnings. Parts shared by several (k-NN balls, words, unit rows) are derived once.
 * Cost: a value, plus one a resample for frechet and vendi (24 at most for frechet-infinity), plus one a floor; the others resample rows, labels
 * or a thousand rows' pairs, which is cheap.
 * @throws MetricInputError for an unknown metric, two metrics of one name, or a part that is missing; ShapeError, naming set and row, for unusable numbers; SettingError for
 *   a setting out of range; what `signal` was aborted with
 */
export async function evaluateSets<Own extends string = never>(
  sets: EvaluatedSets,
  options: EvaluationOptions<Own> = {},
): Promise<Evaluation<Own>> {
  const { also = [], onProgress, signal } = options;
  const metrics = metricsOf([...new Set([...(options.metrics ?? defaultMetrics(sets)), ...also])]);
  const plan = planOf(options);
  const [synthetic, golden] = namesOf(sets);
  requireAligned(synthetic, sets.synthetic);
  requireAligned(golden, sets.golden);
  const evaluation: Evaluation<Own> = {};
  let lastPause = Date.now();
  for (const [at, metric] of metrics.entries()) {
    const steps = metricSteps(metric, sets, plan);
    for (;;) {
      signal?.throwIfAborted();
      const step = steps.next();
      if (step.done) {
        evaluation[metric.name] = options.metrics ? step.value : withReason(step.value);
        break;
      }
      onProgress?.({ metric: metric.name, stage: step.value.stage, done: (at + step.value.done) / metrics.length });
      if (Date.now() - lastPause > 50) {
        await new Promise((resolve) => setTimeout(resolve, 0)); // lets timers and abort signals through
        lastPause = Date.now();
      }
    }
  }
  return evaluation;
}

/** Says why the default distance is not the Fréchet distance. */
function withReason<Own extends string>(of: MetricValue<Own>): MetricValue<Own> {
  if (of.name !== 'kid') return of;
  const reason = `kid stands in for frechet: ${Math.min(...of.n)} rows are fewer than ${ROWS_PER_DIMENSION} a dimension, and kid is unbiased at any number.`;
  return { ...of, warnings: [reason, ...of.warnings] };
}

function metricsOf<Own extends string>(asked: readonly (MetricName | Metric<Own>)[]): Metric<MetricName | Own>[] {
  const byName = new Map<string, Metric<MetricName | Own>>(Object.entries(DEFINITIONS));
  return asked.map((given) => {
    const name = typeof given === 'string' ? given : given.name;
    const found = byName.get(name) ?? (typeof given === 'string' ? undefined : given);
    const known = `Known: ${METRIC_NAMES.join(', ')}.`;
    if (found === undefined) throw new MetricInputError('evaluateSets', `there is no metric "${name}"`, known);
    if (typeof given !== 'string' && found !== given)
      throw new MetricInputError('evaluateSets', `two metrics have the name "${name}"`, 'Give yours another name.');
    byName.set(name, found);
    return found;
  });
}

function planOf<Own extends string>(options: EvaluationOptions<Own>): MetricPlan {
  const where = 'evaluateSets';
  const { seed = 0, bootstrap = 100, confidence = 0.95, floorSplits = 1 } = options;
  requireCount(where, 'seed', seed, Number.MIN_SAFE_INTEGER);
  requireCount(where, 'bootstrap', bootstrap, 0);
  requireCount(where, 'floorSplits', floorSplits, 0);
  requireShare(where, 'confidence', confidence);
  return { settings: settingsOf(options, seed), bootstrap, confidence, floorSplits };
}

function settingsOf<Own extends string>(options: EvaluationOptions<Own>, seed: number): Settings {
  const { normalize = false, bins = 100, epsilon = 1e-10, neighbors = 5, ngram = 2, leakWords = 8 } = options;
  const { clusters = 10, precision = 'auto', threads = 1, mauve = 'library' } = options;
  requireCount('evaluateSets', 'leakWords', leakWords, 1);
  requireCount('evaluateSets', 'clusters', clusters, 1);
  requireThreads('evaluateSets', threads);
  const numbers = { seed, bins, epsilon, neighbors, ngram, leakWords, clusters, threads };
  return { ...numbers, normalize, precision, products: options.products, mauve: { ...mauveOptions(mauve), seed } };
}

function mauveOptions(mauve: MauvePreset | MauveOptions): Settings['mauve'] {
  return typeof mauve === 'string' ? { ...MAUVE_PRESETS[mauve], preset: mauve } : { ...mauve, preset: 'custom' };
}

function requireAligned(name: string, { embeddings, texts, labels }: EvaluatedSet): void {
  const lengths = [embeddings?.rows, texts?.length, labels?.length].filter((length) => length !== undefined);
  if (new Set(lengths).size > 1) {
    const remedy = 'Give one of each for every row.';
    throw new MetricInputError('evaluateSets', `${name} has ${lengths.join(', ')} embeddings, texts or labels`, remedy);
  }
}
