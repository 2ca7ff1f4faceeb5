import type { FitOptions } from '@mixture-of-personas/gating';
import type { JobContext } from './job-context.js';

/** Options of every call that scores: when to stop, and the temperatures that there are scores for. */
export function scoringOptions(job: JobContext): Pick<FitOptions, 'signal' | 'temperatureRange'> {
  return { signal: job.signal, ...temperatureRange(job.model) };
}

/** The temperatures that a model's curves answer for, where they are fewer than the usual: those of servers. */
export function temperatureRange({ temperatures }: JobContext['model']): Pick<FitOptions, 'temperatureRange'> {
  return temperatures === undefined ? {} : { temperatureRange: temperatures };
}
