// everything at once
export {
  evaluateSets,
  type EvaluatedSet,
  type EvaluatedSets,
  type Evaluation,
  type EvaluationOptions,
  type EvaluationProgress,
} from './evaluate-sets.js';
export type { Figure, MetricFacts, MetricName, SettingValue } from './figure.js';
export { METRIC_NAMES, METRICS } from './metric-facts.js';
export { MetricInputError } from './errors.js';
// two Gaussians
export {
  frechetDistance,
  frechetDistanceOfMoments,
  frechetResampler,
  type FrechetOptions,
  type Moments,
} from './frechet.js';
export { frechetInfinity, type FrechetInfinity, type FrechetInfinityOptions } from './frechet-infinity.js';
// histograms over clusters and over cosines
export {
  mauve,
  MAUVE_LIBRARY,
  MAUVE_PAPER,
  mauveSeedSpread,
  mauveSteps,
  type Mauve,
  type MauveOptions,
} from './mauve.js';
export { mauveOfHistograms, type CurvePoint, type Frontier, type FrontierOptions } from './divergence-frontier.js';
export {
  cosineHistogram,
  cosineHistogramKl,
  cosineHistogramSteps,
  histogramKl,
  type CosineHistogramOptions,
  type CosineKlOptions,
} from './cosine-kl.js';
export { tensorFlowProducts, type OpenRowProducts, type RowProducts } from './row-products.js';
// pairs of rows
export { kid, mmd, type KernelDistanceOptions, type KidOptions, type MmdOptions } from './kernel-distance.js';
export { energyDistance } from './energy.js';
export { manifold, type Manifold, type ManifoldOptions } from './coverage.js';
export { nearestNeighbourTest, type TwoSample } from './two-sample.js';
export type { NeighbourOptions } from './neighbours.js';
export type { Precision } from './tiles.js';
// one set
export { vendi, type Vendi } from './vendi.js';
export { ngramDiversity, type NgramDiversity } from './diversity.js';
export { selfBleu, type SelfBleuOptions } from './self-bleu.js';
export { wordsOf, type Words } from './words.js';
// labels and groups
export { answerDistances, type AnswerDistances } from './answers.js';
export { subgroupCoverage, type Subgroup, type SubgroupCoverage } from './subgroup.js';
export { clusterLabels, type ClusterLabelOptions } from './cluster-labels.js';
export { downstreamF1, type DownstreamF1, type Labelled } from './f1.js';
// leaks
export { nearestCosines, textLeak, type TextLeak } from './leak.js';
// intervals
export { intervalOf, type IntervalMethod } from './bootstrap.js';
// what every user of this package needs of numeric
export { matrixOf, type Matrix } from '@mixture-of-personas/numeric';
