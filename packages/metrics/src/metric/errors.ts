import { MopError } from '@mixture-of-personas/numeric';

/** A metric was asked for that the given sets cannot answer: no texts, no labels, or parts of different lengths. */
export class MetricInputError extends MopError {
  constructor(metric: string, problem: string, remedy: string) {
    super('metric-input', `${metric}: ${problem}.`, { remedy });
  }
}
