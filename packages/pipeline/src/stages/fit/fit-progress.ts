import type { FitStep } from '@mixture-of-personas/gating';
import type { JobContext } from '../../context/job-context.js';

/** Shares smaller than this are noise of the first seconds. */
const MIN_SECONDS = 0.5;

/** Tells each step: epoch, bound, held-out log-likelihood, pairs a second and the share of pairs found in the store. */
export function fitReport({ reporter, model }: JobContext): (step: FitStep) => void {
  const started = performance.now();
  const passesBefore = model.scoringPasses;
  let requested = 0;
  let heldOut = '';
  return (step) => {
    requested += step.pairsRequested;
    const seconds = (performance.now() - started) / 1000;
    const passes = model.scoringPasses - passesBefore;
    if (step.epochEnd?.heldOutLogLikelihood !== undefined)
      heldOut = ` · held-out ${step.epochEnd.heldOutLogLikelihood.toFixed(2)}`;
    const rate = seconds < MIN_SECONDS ? '' : ` · ${(passes / seconds).toFixed(1)} pairs/s`;
    const cached = Math.max(0, 1 - passes / Math.max(1, requested));
    const detail =
      `epoch ${step.epoch} · bound ≥ ${step.truncatedBound.toFixed(2)}${heldOut}${rate}` +
      ` · cache ${(100 * cached).toFixed(0)} % · τ ${step.temperature.mean.toFixed(2)}`;
    reporter.progress('fit', step.step, step.steps, detail);
  };
}
