import type { MetricName } from './figure.js';

/**
 * A metric was asked for that the given sets cannot answer: no texts, no labels, or parts of different lengths. The message names
 * the metric and the missing part; `code` is for programs.
 */
export class MetricInputError extends Error {
  override readonly name = 'MetricInputError';
  readonly code = 'metric-input';

  constructor(metric: MetricName | 'evaluateSets', problem: string, advice: string) {
    super(`${metric}: ${problem}. ${advice}`);
  }
}
