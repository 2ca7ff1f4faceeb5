import {
  decodeGate,
  encodeGate,
  fitGateSteps,
  initialGate,
  randomGate,
  type EpochEnd,
  type FitOptions,
  type FitResult,
  type FitStep,
  type Gate,
  type PairChoice,
} from '@mixture-of-personas/gating';
import { givesScores, startsByLikelihood } from '../config/gate-preset.js';
import type { MopConfig } from '../config/schema.js';
import type { JobContext } from '../context/job-context.js';
import {
  FIT_HISTORY,
  FIT_PROGRESS,
  GATE_DESCRIPTION,
  GATE_ORIGIN,
  GATE_WEIGHTS,
  LIKELIHOOD_DESCRIPTION,
  LIKELIHOOD_WEIGHTS,
  type EpochSummary,
  type FitHistory,
} from '../artifacts/fit.js';
import { FIT_TEXTS } from '../artifacts/texts.js';
import { drawsFromGate, type Stage } from '../context/stage.js';
import { EQUAL, FITTED, NOT_FITTED } from '../analysis/held-out.js';
import { fitByScores } from './fit/fit-scores.js';
import { estimateCost } from './estimate-cost.js';
import { fitReport } from './fit/fit-progress.js';
import { fitByTexts, type TextsFit, type TextsParts } from './fit/fit-texts.js';
import type { GatePopulation } from './gate-population.js';
import { givenGate } from './given-gate.js';
import { scoringOptions } from '../context/scoring-options.js';
import { triedPairs } from './fit/tried-pairs.js';

const NOT_COMPARED =
  'A chat endpoint gives no log-probabilities, so gates are not compared by likelihood; their texts are.';

/** The gate before the fit: another run's, weights that favor exemplars like the record, or random ones. */
export async function startingGate(job: JobContext, parts: GatePopulation): Promise<Gate> {
  const { config } = job;
  const { population } = parts;
  const given = await givenGate(job, parts);
  if (given !== undefined) return given;
  const { hidden, temperature, start, input, similarity } = config.gate;
  const shape = {
    hidden,
    temperature,
    d: population.records.cols,
    personas: population.personas.rows,
    seed: config.seed,
  };
  if (start === 'random') return randomGate(shape);
  const gate = initialGate(shape, { embeddings: population.exemplars, similarity });
  return input === 'context' && similarity > 1 ? unswayed(gate, similarity) : gate;
}

/**
 * The same gate with x scaled down by `similarity`, so that what it sees moves a weight by at most e. A record is like its best exemplars, but a
 * context such as a year is not like any text, and a start that takes it for one is worse than none (docs/decisions/0075).
 */
function unswayed(gate: Gate, similarity: number): Gate {
  const { inputWeights } = gate;
  return { ...gate, inputWeights: { ...inputWeights, data: inputWeights.data.map((value) => value / similarity) } };
}

/** Fits the gate: a checkpoint an epoch, then its weights, its description and the history. */
export const fitStage: Stage<'fit', TextsParts, Gate> = {
  name: 'fit',
  does: 'Fits the gate to the training records',
  part: 'fit',
  inputs: ['embed', 'personas', 'exemplars', 'population'],
  artifacts: [
    GATE_WEIGHTS,
    GATE_DESCRIPTION,
    FIT_HISTORY,
    GATE_ORIGIN,
    FIT_TEXTS,
    LIKELIHOOD_WEIGHTS,
    LIKELIHOOD_DESCRIPTION,
  ],
  when: drawsFromGate,
  scores: ({ config }) => config.gate.objective !== 'texts' || startsByLikelihood(config),
  async make(job, parts) {
    const { population } = parts;
    if (!job.folder.has('fit')) await estimateCost(job, population);
    if (!givesScores(job.config) && job.records.heldOut.length > 0) job.reporter.note(NOT_COMPARED);
    const { input } = job.config.gate;
    const { gate, history, texts, likelihood } = await madeGate(job, parts);
    const about = { input, encoder: job.encoder.id, center: population.centres.inputs };
    const { weights, description } = encodeGate(gate, about);
    const beside = likelihood === undefined ? undefined : encodeGate(likelihood, about);
    return {
      ...GATE_WEIGHTS.file(weights),
      ...GATE_DESCRIPTION.file(description),
      ...FIT_HISTORY.file(history),
      ...(texts === undefined ? {} : FIT_TEXTS.file(texts)),
      ...(beside === undefined
        ? {}
        : { ...LIKELIHOOD_WEIGHTS.file(beside.weights), ...LIKELIHOOD_DESCRIPTION.file(beside.description) }),
    };
  },
  async load({ folder }) {
    const [weights, description] = [await folder.read(GATE_WEIGHTS), await folder.read(GATE_DESCRIPTION)];
    return decodeGate({ weights, description: new TextDecoder().decode(description) }).gate;
  },
};

/** Whether the gate of a run was changed by its fit; one that was not is never called fitted. */
export async function wasFitted({ folder }: JobContext): Promise<boolean> {
  const history = await folder.read(FIT_HISTORY);
  return 'steps' in history ? history.fitted : history.epoch > 0;
}

/** The gate that likelihood chose, of a run whose own was chosen by texts; undefined in others. */
export async function likelihoodGate({ folder }: JobContext): Promise<Gate | undefined> {
  if (folder.manifest.stages['fit']?.[LIKELIHOOD_WEIGHTS.name] === undefined) return undefined;
  const weights = await folder.read(LIKELIHOOD_WEIGHTS);
  const description = new TextDecoder().decode(await folder.read(LIKELIHOOD_DESCRIPTION));
  return decodeGate({ weights, description }).gate;
}

/** Name of the texts that a run's gate draws: they are called fitted only where the fit changed the gate. */
export async function gateName(job: JobContext): Promise<string> {
  if (job.gateModel !== undefined || (await wasFitted(job))) return FITTED;
  return job.config.gate.preset === 'default' ? EQUAL : NOT_FITTED;
}

type MadeGate = { readonly gate: Gate; readonly history: FitHistory } & Partial<Pick<TextsFit, 'texts' | 'likelihood'>>;

async function madeGate(job: JobContext, all: TextsParts): Promise<MadeGate> {
  const { preset, epochs, objective } = job.config.gate;
  const { population: parts } = all;
  if (objective === 'texts') {
    const { history, ...made } = await fitByTexts(job, all);
    return { ...made, history: { ...history, centres: centresOf(parts) } };
  }
  if (preset === 'default') {
    const { gate, history } = await fitByScores(job, parts);
    return { gate, history: { ...history, centres: centresOf(parts) } };
  }
  return epochs === 0 ? await unfitted(job, parts) : await fitted(job, parts);
}

function centresOf({ centres }: GatePopulation): FitHistory['centres'] {
  return { inputs: [...centres.inputs], personas: [...centres.personas], exemplars: [...centres.exemplars] };
}

/** `gate.epochs` 0: the gate as it starts, with no pair scored. */
async function unfitted(job: JobContext, parts: GatePopulation): Promise<{ gate: Gate; history: FitHistory }> {
  const result = { gate: await startingGate(job, parts), epoch: 0, stoppedEarly: false };
  return { gate: result.gate, history: historyOf(result, [], parts) };
}

async function fitted(job: JobContext, parts: GatePopulation): Promise<{ gate: Gate; history: FitHistory }> {
  const kept = await job.folder.readPartial(FIT_PROGRESS);
  const options: FitOptions = {
    ...(await fitOptions(job, parts)),
    backend: job.backend,
    ...(kept === undefined ? {} : { checkpoint: new Uint8Array(Buffer.from(kept.checkpoint, 'base64')) }),
  };
  const epochs = [...(kept?.epochs ?? [])];
  const report = fitReport(job);
  // The first thing a fit asks for is all pairs of the validation records, which takes minutes; then steps report themselves.
  let stepping = false;
  const tried = triedPairs(parts, kept?.tried);
  const scorer = parts.scorer((done, total) => {
    if (!stepping) job.reporter.progress('fit: first pairs', done, total);
  });
  const steps = fitGateSteps(parts.population, tried.noting(scorer), options);
  let epoch: FitStep[] = [];
  for (;;) {
    const { value, done } = await steps.next();
    if (done === true) {
      return { gate: value.gate, history: historyOf(value, epochs, parts) };
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

async function fitOptions(job: JobContext, parts: GatePopulation): Promise<FitOptions> {
  const { gate, seed } = job.config;
  const { optimizer: kind, weightDecay } = gate;
  return {
    gate: await startingGate(job, parts),
    training: parts.training,
    ...(parts.validation.length > 0 ? { heldOut: parts.validation } : {}),
    heldOutPairs: gate.validationPairs,
    patience: gate.patience,
    topM: gate.topM,
    exploration: explorationOf(gate),
    optimizer: { kind, ...(weightDecay === undefined ? {} : { weightDecay }) },
    learningRate: gate.learningRate,
    temperatureLearningRate: gate.temperatureLearningRate,
    batchSize: gate.batchSize,
    epochs: gate.epochs,
    mStepsPerBatch: gate.mStepsPerBatch,
    selfMask: gate.selfMask,
    seed,
    ...scoringOptions(job),
  };
}

function explorationOf({ exploration, topM }: MopConfig['gate']): PairChoice {
  return exploration.kind === 'top' ? { kind: 'top' } : { kind: 'gumbel', pairs: exploration.pairs ?? topM };
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

function historyOf(
  result: Pick<FitResult, 'epoch' | 'initialHeldOutLogLikelihood' | 'stoppedEarly'>,
  epochs: readonly EpochSummary[],
  parts: GatePopulation,
): FitHistory {
  return {
    epoch: result.epoch,
    initialHeldOutLogLikelihood: result.initialHeldOutLogLikelihood ?? null,
    stoppedEarly: result.stoppedEarly,
    epochs,
    centres: centresOf(parts),
  };
}
