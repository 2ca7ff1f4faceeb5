import { randomFor, sampleWithoutReplacement } from '@mixture-of-personas/numeric';
import { fitBatch, type BatchContext } from './batch.js';
import type { EpochEnd, FitOptions, FitResult, FitStep } from './options.js';
import { fingerprintOf, fitSettings, inBackendPrecision } from './settings.js';
import { decodeState, encodeState, startState, type FitState } from './state.js';
import { copyGate, type PairScorer } from '../mixture/gate.js';
import { heldOutJudge, type HeldOutJudge } from './held-out.js';
import type { Population } from '../mixture/population.js';
import { rememberingScorer } from '../scores/score-cache.js';

/**
 * Fits a gate by EM-style ascent on the log-likelihood of the training records (paper §3, Eq. 5): for each batch, choose pairs at the present gate, have them
 * scored, step along the exact gradient with the pairs fixed. Yields after every batch and returns the best gate; stops early on held-out records.
 *
 * The scorer is asked for each (record, persona, exemplar) at most once a fit. Equal inputs and seed give equal bytes on the built-in backend, whether or
 * not the fit was interrupted and continued from a checkpoint; what was scored before is then asked for again, so let the scorer remember.
 * @param population n records, K personas, N exemplars as embeddings of one width
 * @param score log-likelihood curves of (record, pair) requests
 * @throws SettingError, ShapeError before anything is scored; GateFormatError for a checkpoint of another fit; the signal's reason when aborted
 */
export async function* fitGateSteps(
  population: Population,
  score: PairScorer,
  options: FitOptions,
): AsyncGenerator<FitStep, FitResult> {
  const settings = fitSettings(population, options);
  const fingerprint = fingerprintOf(population, settings, options.gate);
  const fresh = startState(options.gate, settings.optimizer);
  const state = options.checkpoint === undefined ? fresh : decodeState(options.checkpoint, fresh, fingerprint);
  const scorer = rememberingScorer(score);
  const context = { population: inBackendPrecision(population, settings.backend), settings, scorer };
  settings.signal?.throwIfAborted();
  const judge = settings.heldOut.length > 0 ? heldOutJudge(population, settings, scorer) : undefined;
  if (judge !== undefined && state.progress.initialHeldOut === undefined) {
    const { best: initialHeldOut } = await judge({ current: state.gate, best: state.best });
    state.progress = { ...state.progress, initialHeldOut, bestHeldOut: initialHeldOut };
  }
  while (state.progress.epoch < settings.epochs && !state.progress.stoppedEarly) {
    yield* fitEpoch(context, state, judge, fingerprint);
  }
  return resultOf(state);
}

/**
 * `fitGateSteps` run to its end: calls `options.onStep` after every batch and resolves to the best gate.
 * @throws as `fitGateSteps`, and the signal's reason when aborted
 */
export async function fitGate(population: Population, score: PairScorer, options: FitOptions): Promise<FitResult> {
  const steps = fitGateSteps(population, score, options);
  for (;;) {
    const { done, value } = await steps.next();
    if (done === true) return value;
    await options.onStep?.(value);
  }
}

async function* fitEpoch(
  context: BatchContext,
  state: FitState,
  judge: HeldOutJudge | undefined,
  fingerprint: string,
): AsyncGenerator<FitStep, void> {
  const { training, batchSize, epochs, seed, signal } = context.settings;
  const epoch = state.progress.epoch + 1;
  const order = sampleWithoutReplacement(training.length, training.length, randomFor(seed, 'fit order', epoch));
  const steps = epochs * Math.ceil(training.length / batchSize);
  for (let from = 0; from < training.length; from += batchSize) {
    signal?.throwIfAborted();
    const records = Array.from(order.subarray(from, from + batchSize), (position) => training[position]);
    const report = await fitBatch(context, state, records, epoch);
    const step = state.progress.step + 1;
    state.progress = { ...state.progress, step };
    const isLast = from + batchSize >= training.length;
    const epochEnd = isLast ? await closeEpoch(state, epoch, judge, context.settings.patience) : undefined;
    yield {
      epoch,
      step,
      steps,
      ...report,
      ...(epochEnd ? { epochEnd: { ...epochEnd, checkpoint: encodeState(state, fingerprint) } } : {}),
    };
  }
}

/** Counts the epoch, keeps the gate if it is the best so far, and decides whether to go on. */
async function closeEpoch(
  state: FitState,
  epoch: number,
  judge: HeldOutJudge | undefined,
  patience: number,
): Promise<Omit<EpochEnd, 'checkpoint'>> {
  const judged = await judge?.({ current: state.gate, best: state.best });
  const heldOutLogLikelihood = judged?.current;
  const best = judged === undefined || judged.current > judged.best;
  state.progress = { ...state.progress, epoch };
  if (best) {
    state.best = copyGate(state.gate);
    const kept = heldOutLogLikelihood === undefined ? {} : { bestHeldOut: heldOutLogLikelihood };
    state.progress = { ...state.progress, bestEpoch: epoch, ...kept };
  }
  state.progress = { ...state.progress, stoppedEarly: epoch - state.progress.bestEpoch >= patience };
  return heldOutLogLikelihood === undefined ? { best } : { best, heldOutLogLikelihood };
}

function resultOf({ best, progress }: FitState): FitResult {
  const { bestEpoch, bestHeldOut, initialHeldOut, stoppedEarly } = progress;
  return {
    gate: best,
    epoch: bestEpoch,
    stoppedEarly,
    ...(bestHeldOut === undefined ? {} : { heldOutLogLikelihood: bestHeldOut }),
    ...(initialHeldOut === undefined ? {} : { initialHeldOutLogLikelihood: initialHeldOut }),
  };
}
