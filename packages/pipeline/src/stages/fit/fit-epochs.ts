import { fitGateSteps, type EpochEnd, type FitOptions, type FitStep, type Gate } from '@mixture-of-personas/gating';
import { FIT_PROGRESS, type EpochHistory, type EpochSummary } from '../../artifacts/fit.js';
import type { JobContext } from '../../context/job-context.js';
import { scoringOptions } from '../../context/scoring-options.js';
import type { GatePopulation } from '../gate-population.js';
import { fitReport } from './fit-progress.js';
import { triedPairs } from './tried-pairs.js';

/** The paper's procedure, with a checkpoint an epoch. With `gate.epochs` 0 the gate stays as it starts, and no pair is scored. */
export async function fitByEpochs(
  job: JobContext,
  population: GatePopulation,
): Promise<{ gate: Gate; history: Omit<EpochHistory, 'centres'> }> {
  const start = await population.initial();
  if (job.config.gate.epochs === 0)
    return { gate: start, history: { epoch: 0, initialHeldOutLogLikelihood: null, stoppedEarly: false, epochs: [] } };
  const kept = await job.folder.readPartial(FIT_PROGRESS);
  const options: FitOptions = {
    ...fitOptions(job, population),
    gate: start,
    backend: job.backend,
    ...(kept === undefined ? {} : { checkpoint: new Uint8Array(Buffer.from(kept.checkpoint, 'base64')) }),
  };
  const epochs = [...(kept?.epochs ?? [])];
  const report = fitReport(job);
  // The first thing a fit asks for is all pairs of the validation records, which takes minutes; then steps report themselves.
  let stepping = false;
  const tried = triedPairs(population, kept?.tried);
  const scorer = population.scorer((done, total) => {
    if (!stepping) job.reporter.progress('fit: first pairs', done, total);
  });
  const steps = fitGateSteps(population, tried.noting(scorer), options);
  let epoch: FitStep[] = [];
  for (;;) {
    const { value, done } = await steps.next();
    if (done === true) {
      const { gate, epoch: best, initialHeldOutLogLikelihood = null, stoppedEarly } = value;
      return { gate, history: { epoch: best, initialHeldOutLogLikelihood, stoppedEarly, epochs } };
    }
    epoch.push(value);
    stepping = true;
    report(value);
    if (value.epochEnd === undefined) continue;
    epochs.push({ ...summaryOf(epoch, value.epochEnd), pairsTried: tried.count() });
    epoch = [];
    const checkpoint = Buffer.from(value.epochEnd.checkpoint).toString('base64');
    await job.folder.writePartial(FIT_PROGRESS.name, JSON.stringify({ epochs, checkpoint, tried: tried.encode() }));
  }
}

function fitOptions(job: JobContext, { training, validation }: GatePopulation): Omit<FitOptions, 'gate'> {
  const { gate, seed } = job.config;
  const { optimizer, weightDecay, validationPairs, exploration, ...same } = gate;
  const { kind, pairs } = exploration;
  const { patience, topM, learningRate, temperatureLearningRate, batchSize, epochs, mStepsPerBatch, selfMask } = same;
  const shared = { patience, topM, learningRate, temperatureLearningRate, batchSize, epochs, mStepsPerBatch, selfMask };
  return {
    training,
    ...(validation.length > 0 ? { heldOut: validation } : {}),
    heldOutPairs: validationPairs,
    exploration: kind === 'top' ? { kind } : { kind, pairs: pairs ?? topM },
    optimizer: { kind: optimizer, ...(weightDecay === undefined ? {} : { weightDecay }) },
    ...shared,
    seed,
    ...scoringOptions(job),
  };
}

function summaryOf(steps: readonly FitStep[], end: EpochEnd): Omit<EpochSummary, 'pairsTried'> {
  const last = steps.at(-1)!;
  const mean = (of: (step: FitStep) => number): number => steps.reduce((sum, step) => sum + of(step), 0) / steps.length;
  return {
    epoch: last.epoch,
    truncatedBound: mean((step) => step.truncatedBound),
    sampledLogLikelihood:
      last.sampledLogLikelihood === undefined ? null : mean((step) => step.sampledLogLikelihood ?? step.truncatedBound),
    heldOutLogLikelihood: end.heldOutLogLikelihood ?? null,
    best: end.best,
    effectivePersonas: mean((step) => step.effectivePersonas),
    effectiveExemplars: mean((step) => step.effectiveExemplars),
    temperature: last.temperature,
  };
}
