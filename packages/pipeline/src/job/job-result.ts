import { UserError } from '../errors.js';
import type { HeldOutComparison } from '../analysis/held-out.js';
import type { RunMetrics } from '../stages/evaluate-stage.js';

/** How far a job goes; each includes the ones before it. */
export type JobEnd = 'personas' | 'fit' | 'simulate' | 'evaluate';

/** What a job has to show, as far as it went. */
export interface JobResult {
  readonly folder: string;
  readonly finished: readonly string[];
  readonly heldOut?: HeldOutComparison;
  readonly metrics?: RunMetrics;
}

/** Stops between stages when the user asked to. @throws UserError `interrupted` */
export function requireNotAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new UserError('interrupted', 'Stopped as asked; the same command goes on from here.', { exitCode: 130 });
}
