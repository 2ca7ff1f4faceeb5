// everything at once
export {
  defaultMetrics,
  evaluateSets,
  type Evaluation,
  type EvaluationOptions,
  type EvaluationProgress,
} from './evaluate/evaluate-sets.js';
export { METRIC_NAMES, METRICS, type MetricName, type MetricValue } from './evaluate/registry.js';
export type { EvaluatedSet, EvaluatedSets } from './metric/evaluated-sets.js';
export type { GoldenSplit, SettingValue } from './metric/metric-value.js';
export { MetricInputError } from './metric/errors.js';
// a metric of your own
export {
  defineMetric,
  type Computed,
  type Metric,
  type MetricDefinition,
  type MetricFacts,
  type Resampling,
} from './metric/define-metric.js';
export type { Both, ReadySets } from './metric/ready-sets.js';
export {
  knownError,
  percentileBootstrap,
  relabelingInterval,
  type PooledMetric,
  type PooledRows,
} from './metric/intervals.js';
export { resampledMean } from './metric/means.js';
export type { Settings } from './metric/settings.js';
// two Gaussians
export { frechetDistance, frechetDistanceOfMoments, frechetResampler, type Moments } from './distances/frechet.js';
export type { FrechetOptions } from './distances/gaussian.js';
export {
  correctedFrechet,
  type CorrectedFrechet,
  type CorrectedFrechetOptions,
} from './distances/corrected-frechet.js';
export { frechetInfinity, type FrechetInfinity, type FrechetInfinityOptions } from './distances/frechet-infinity.js';
// histograms over clusters and over cosines
export { mauve, mauveSeedSpread, mauveSteps, type Mauve } from './histograms/mauve.js';
export { correctedMauve, type CorrectedMauve, type CorrectedMauveOptions } from './histograms/corrected-mauve.js';
export { mauveOfHistograms, type CurvePoint, type Frontier } from './histograms/divergence-frontier.js';
export { MAUVE_PRESETS, type FrontierOptions, type MauveOptions, type MauvePreset } from './metric/settings.js';
export {
  cosineHistogram,
  cosineHistogramKl,
  cosineHistogramSteps,
  type CosineHistogramOptions,
  type CosineKlOptions,
} from './histograms/cosine-kl.js';
export { histogramKl } from './histograms/histogram-kl.js';
export { tensorFlowProducts, type OpenRowProducts, type RowProducts } from './pairs/row-products.js';
// pairs of rows
export { kid, type KidOptions } from './distances/kid.js';
export { mmd, type MmdOptions } from './distances/mmd.js';
export { energyDistance } from './distances/energy.js';
export type { KernelDistanceOptions } from './distances/kernel-means.js';
export { manifold, type Manifold, type ManifoldOptions } from './neighbors/manifold.js';
export { nearestNeighborTest, type TwoSample } from './neighbors/c2st.js';
export type { NeighborOptions } from './pairs/row-pairs.js';
export type { Precision } from './pairs/tiles.js';
// one set
export { vendi, type Vendi } from './diversity/vendi.js';
export { ngramDiversity, type NgramDiversity } from './diversity/distinct-n.js';
export { selfBleu, type SelfBleuOptions } from './diversity/self-bleu.js';
export { wordsOf, type Words } from './metric/words.js';
// labels and groups
export { answerDistances, type AnswerDistances } from './labels/answers.js';
export { subgroupCoverage, type Subgroup, type SubgroupCoverage } from './neighbors/subgroup.js';
export { clusterLabels, type ClusterLabelOptions } from './neighbors/cluster-labels.js';
export { downstreamF1, type DownstreamF1 } from './labels/f1.js';
export type { Labeled } from './metric/checks.js';
// copies
export { textLeak, type Copying, type TextLeak, type TextLeakOptions } from './copying/leak.js';
export { nearestCosines } from './copying/nearest-cosines.js';
// comparisons over seeds
export { holm } from './compare/holm.js';
export {
  compareOverSeeds,
  FEWEST_SEEDS,
  type SeedComparison,
  type SeedDifferences,
} from './compare/seed-comparison.js';
export { studentPValue } from './compare/student.js';
// intervals
export { intervalOf, type IntervalMethod } from './metric/bootstrap.js';
// what every user of this package needs of numeric
export { matrixOf, type Matrix } from '@mixture-of-personas/numeric';
