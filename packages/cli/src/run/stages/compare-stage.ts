import {
  compareGates,
  fitTemperature,
  randomGate,
  uniformGate,
  type ComparedMixture,
  type Gate,
} from '@mixture-of-personas/gating';
import { zeroShotRequests } from '@mixture-of-personas/synthesis';
import {
  ESTIMATOR,
  FITTED,
  heldOutRows,
  spreadOf,
  UNIFORM,
  ZERO_SHOT,
  type HeldOutComparison,
  type Judged,
} from '../held-out.js';
import type { JobContext } from '../job-context.js';
import { stageResult } from '../stage.js';
import { startingGate } from './fit-stage.js';
import type { GatePopulation } from './gate-population.js';
import type { JobRecords } from './sample-records.js';

const FILE = 'held-out.json';

/** The stage `compare`: what the mixture is worth on records that nothing was fitted to. Undefined when `evaluate.heldOut` is 0. */
export async function compareStage(
  job: JobContext,
  parts: { readonly records: JobRecords; readonly gating: GatePopulation; readonly gate: Gate },
): Promise<HeldOutComparison | undefined> {
  if (parts.records.heldOut.length === 0) return undefined;
  return stageResult(job.folder, {
    name: 'compare',
    make: async () => ({ [FILE]: `${JSON.stringify(await comparison(job, parts), null, 2)}\n` }),
    load: async (read) => JSON.parse(new TextDecoder().decode(await read(FILE))) as HeldOutComparison,
  });
}

async function comparison(
  job: JobContext,
  { records, gating, gate }: { records: JobRecords; gating: GatePopulation; gate: Gate },
): Promise<HeldOutComparison> {
  const { evaluate, seed } = job.config;
  const { training, heldOut, population } = gating;
  const { pairs, recordsPerDraw, trainingRecords, trainingPairs = pairs } = evaluate;
  const zeroShot = await judgeZeroShot(job, records);
  const scorer = gating.scorer((done, total) => job.reporter.progress(`compare: ${total} pairs`, done, total));
  const result = await compareGates(population, mixtures(job, gating, gate), scorer, {
    training,
    heldOut,
    pairs,
    trainingPairs,
    trainingRecords,
    recordsPerDraw,
    seed,
    signal: job.signal,
  });
  const judged = result.estimates.map(
    ({ name, logLikelihoods, temperatures, effectivePairs, meanWithHalfThePairs }): Judged => ({
      name,
      logLikelihoods,
      temperature: spreadOf(temperatures),
      effectivePairs,
      withHalfThePairs: meanWithHalfThePairs,
    }),
  );
  return {
    records: heldOut.length,
    pairsPerRecord: result.pairs,
    curvesAskedFor: result.pairsScored,
    estimator: ESTIMATOR,
    rows: heldOutRows([zeroShot, ...judged], recordsPerDraw),
  };
}

function mixtures(job: JobContext, gating: GatePopulation, fitted: Gate): ComparedMixture[] {
  const { population } = gating;
  const { gate, seed } = job.config;
  const shape = { hidden: gate.hidden, d: population.records.cols, personas: population.personas.rows, seed };
  return [
    { name: 'one random pair', kind: 'randomPair' },
    { name: UNIFORM, kind: 'gate', gate: uniformGate(shape) },
    { name: 'random gate', kind: 'gate', gate: randomGate(shape) },
    { name: 'initial gate', kind: 'gate', gate: startingGate(job, gating) },
    { name: FITTED, kind: 'gate', gate: fitted, temperatures: 'scaled' },
  ];
}

/** The prompt without persona and exemplar, at the one temperature that suits the training records best. */
async function judgeZeroShot({ config, model, template, signal }: JobContext, records: JobRecords): Promise<Judged> {
  const training = records.training.slice(0, config.evaluate.trainingRecords);
  const curves = await model.score(zeroShotRequests(template, training), { signal });
  const temperature = fitTemperature(curves);
  const heldOut = await model.score(zeroShotRequests(template, records.heldOut), { signal });
  return {
    name: ZERO_SHOT,
    logLikelihoods: heldOut.map((curve) => curve.logProbability(temperature)),
    temperature: spreadOf([temperature]),
    effectivePairs: null,
    withHalfThePairs: null,
  };
}
