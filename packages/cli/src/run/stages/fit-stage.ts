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
import type { MopConfig } from '../../config/schema.js';
import type { JobContext } from '../job-context.js';
import { stageResult } from '../stage.js';
import { fitReport } from './fit-progress.js';
import type { GatePopulation } from './gate-population.js';
import { givenGate } from './given-gate.js';
import { triedPairs } from './tried-pairs.js';

/** One line of the fit's history: means over the epoch's steps, held-out log-likelihood at its end; nats a record. */
export interface EpochSummary {
  readonly epoch: number;
  /** A lower bound, loose by several nats (DESIGN §3). */
  readonly truncatedBound: number;
  /** With `gate.exploration.kind: gumbel`, the estimate from the pairs drawn; null otherwise. */
  readonly sampledLogLikelihood: number | null;
  readonly heldOutLogLikelihood: number | null;
  readonly best: boolean;
  readonly effectivePersonas: number;
  readonly effectiveExemplars: number;
  readonly temperature: { readonly min: number; readonly mean: number; readonly max: number };
  /** (persona, exemplar) pairs scored for any training record so far, of K·N. */
  readonly pairsTried: number;
}

/** What `fit.json` holds. */
export interface FitHistory {
  /** The epoch that the gate is from; 0 when no epoch beat the initial gate. */
  readonly epoch: number;
  readonly initialHeldOutLogLikelihood: number | null;
  readonly stoppedEarly: boolean;
  readonly epochs: readonly EpochSummary[];
  /** Subtracted from the embeddings of each kind before they were scaled to unit length, d long each. */
  readonly centres: Readonly<Record<keyof GatePopulation['centres'], readonly number[]>>;
}

/** What an unfinished fit leaves behind, in one file so that history and checkpoint never disagree. */
interface FitProgress {
  readonly epochs: readonly EpochSummary[];
  /** base64 */
  readonly checkpoint: string;
  /** Which pairs were tried, as `TriedPairs` encodes them. */
  readonly tried: string;
}

const WEIGHTS = 'gate.safetensors';
const DESCRIPTION = 'gate.json';
/** File of the fit's history. */
export const HISTORY = 'fit.json';
const PARTIAL = 'fit-checkpoint.json';

/** The gate before the fit: another run's, weights that favour exemplars like the record, or random ones. */
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

/** The stage `fit`: a checkpoint an epoch, then `gate.safetensors` and `gate.json`. */
export async function fitStage(job: JobContext, parts: GatePopulation): Promise<Gate> {
  return stageResult(job.folder, {
    name: 'fit',
    make: async () => {
      const { gate, history } = job.config.gate.epochs === 0 ? await unfitted(job, parts) : await fitted(job, parts);
      const about = { input: job.config.gate.input, encoder: job.encoder.id, centre: parts.centres.inputs };
      const { weights, description } = encodeGate(gate, about);
      return { [WEIGHTS]: weights, [DESCRIPTION]: description, [HISTORY]: `${JSON.stringify(history, null, 2)}\n` };
    },
    load: async (read) => {
      const description = new TextDecoder().decode(await read(DESCRIPTION));
      return decodeGate({ weights: await read(WEIGHTS), description }).gate;
    },
  });
}

/** `gate.epochs` 0: the gate as it starts, with no pair scored. */
async function unfitted(job: JobContext, parts: GatePopulation): Promise<{ gate: Gate; history: FitHistory }> {
  const result = { gate: await startingGate(job, parts), epoch: 0, stoppedEarly: false };
  return { gate: result.gate, history: historyOf(result, [], parts) };
}

async function fitted(job: JobContext, parts: GatePopulation): Promise<{ gate: Gate; history: FitHistory }> {
  const kept = await readProgress(job);
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
    await writeProgress(job, { epochs, checkpoint, tried: tried.encode() });
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

/** What every call that scores is told: when to stop, and the temperatures there are scores for. */
export function scoringOptions(job: JobContext): Pick<FitOptions, 'signal' | 'temperatureRange'> {
  return { signal: job.signal, ...temperatureRange(job.model) };
}

/** The temperatures that a model's curves answer for, where they are fewer than the usual: those of servers. */
export function temperatureRange({ temperatures }: JobContext['model']): Pick<FitOptions, 'temperatureRange'> {
  return temperatures === undefined ? {} : { temperatureRange: temperatures };
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
  { centres }: GatePopulation,
): FitHistory {
  return {
    epoch: result.epoch,
    initialHeldOutLogLikelihood: result.initialHeldOutLogLikelihood ?? null,
    stoppedEarly: result.stoppedEarly,
    epochs,
    centres: {
      inputs: [...centres.inputs],
      personas: [...centres.personas],
      exemplars: [...centres.exemplars],
    },
  };
}

async function readProgress({ folder }: JobContext): Promise<FitProgress | undefined> {
  const bytes = await folder.readPartial(PARTIAL);
  return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as FitProgress);
}

async function writeProgress({ folder }: JobContext, progress: FitProgress): Promise<void> {
  await folder.writePartial(PARTIAL, JSON.stringify(progress));
}
