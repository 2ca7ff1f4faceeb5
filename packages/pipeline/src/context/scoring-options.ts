import type { FitOptions } from '@mixture-of-personas/gating';
import type { JobContext } from './job-context.js';

/** Options of every call that scores: when to stop, and the temperatures that there are scores for, where they are fewer than the usual. */
export function scoringOptions({ signal, model }: JobContext): Pick<FitOptions, 'signal' | 'temperatureRange'> {
  return { signal, temperatureRange: model.temperatures };
}
