// figures
export type { Figure, MetricFacts, MetricName, SettingValue } from './figure.js';
// everything at once
export type {
  EvaluatedSet,
  EvaluatedSets,
  EvaluateSets,
  Evaluation,
  EvaluationOptions,
  EvaluationProgress,
} from './evaluate-sets.js';
// two Gaussians
export { frechetDistance, frechetDistanceOfMoments, type FrechetOptions, type Moments } from './frechet.js';
// two histograms
export { mauveOfHistograms, type CurvePoint, type Frontier, type FrontierOptions } from './divergence-frontier.js';
export {
  cosineHistogram,
  cosineHistogramKl,
  cosineHistogramSteps,
  histogramKl,
  type CosineHistogramOptions,
  type CosineKlOptions,
} from './cosine-kl.js';
export type { Precision } from './tiles.js';
