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
