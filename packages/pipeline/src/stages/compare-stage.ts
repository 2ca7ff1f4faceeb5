import {
  compareGates,
  randomGate,
  uniformGate,
  type ComparedMixture,
  type Gate,
  type LogLikelihoodCurve,
  type MixtureEstimate,
  type PairScorer,
} from '@mixture-of-personas/gating';
import { takeRows, type Matrix } from '@mixture-of-personas/numeric';
import { meanRow } from '@mixture-of-personas/numeric/internal';
import {
  ESTIMATOR,
  FITTED,
  INITIAL,
  LIKELIHOOD,
  heldOutRows,
  NO_CONTEXT,
  spreadOf,
  UNIFORM,
  type HeldOutComparison,
  type Judged,
} from '../analysis/held-out.js';
import { givesScores } from '../config/gate-preset.js';
import type { JobContext } from '../context/job-context.js';
import { contextGains } from '../analysis/context-gains.js';
import { speakersOf } from '../analysis/speakers.js';
import { weightShift } from '../analysis/weight-shift.js';
import { HELD_OUT } from '../artifacts/metrics.js';
import { drawsFromGate, type Stage } from '../context/stage.js';
import { likelihoodOf } from './fit/fit-scores.js';
import type { Fit } from './fit-stage.js';
import { scoringOptions } from '../context/scoring-options.js';
import type { GatePopulation } from './gate-population.js';
import { goldenPropensity, probabilitiesOf } from './golden-propensity.js';
import type { SourceParts } from './simulate-stage.js';
import { judgeWithoutExemplars, judgeZeroShot } from './judge-prompts.js';

/** Inputs of the comparison. */
type ComparedParts = Pick<SourceParts, 'personas' | 'exemplars' | 'population' | 'fit'>;

/** Compares the fitted gate with others on held-out records, to which nothing was fitted. No stage when `evaluate.heldOut` is 0. */
export const compareStage: Stage<'compare', ComparedParts, HeldOutComparison | undefined> = {
  name: 'compare',
  does: 'Compares the fitted gate with others on held-out records',
  part: 'fit',
  inputs: ['personas', 'exemplars', 'population', 'fit'],
  artifacts: [HELD_OUT],
  when: (plan) =>
    drawsFromGate(plan) && plan.gateModel === undefined && plan.records.heldOut.length > 0 && givesScores(plan.config),
  scores: () => true,
  make: async (job, parts) => HELD_OUT.file(await comparison(job, parts)),
  load: ({ folder }) => folder.read(HELD_OUT),
};

async function comparison(
  job: JobContext,
  { personas, exemplars: { exemplars }, population, fit }: ComparedParts,
): Promise<HeldOutComparison> {
  const { records } = job;
  const { evaluate, seed } = job.config;
  const { training, heldOut } = population;
  const { gate } = fit;
  const { pairs, recordsPerDraw, trainingRecords, trainingPairs = pairs } = evaluate;
  const likelihood = likelihoodOf(job.config);
  const judgedBy = { training: records.training.slice(0, trainingRecords), heldOut: records.heldOut };
  const zeroShot = await judgeZeroShot(job, judgedBy);
  const withoutExemplars = await judgeWithoutExemplars(job, judgedBy, {
    personas,
    probabilities: personaWeights(population, gate, { likelihood, trainingRecords }),
  });
  const scorer = population.scorer((done, total) => job.reporter.progress(`compare: ${total} pairs`, done, total));
  const noting = notingCurves(scorer, heldOut);
  const judgedMixtures = await mixtures(job, population, fit);
  const sizes = { pairs, trainingPairs, trainingRecords, recordsPerDraw };
  const options = { training, heldOut, ...sizes, likelihood, seed, ...scoringOptions(job) };
  const result = await compareGates(population, judgedMixtures, noting.scorer, options);
  const contexts = contextGains(result.estimates, records.heldOut, recordsPerDraw);
  const propensity = goldenPropensity(population, { gate, golden: records.golden, seed });
  const { temperatures: range } = job.model;
  const judged = result.estimates.map((estimate) => judgedMixture(estimate, noting.curves()));
  const rows = heldOutRows([zeroShot, withoutExemplars, ...judged], { recordsPerDraw, range });
  return {
    records: heldOut.length,
    pairsPerRecord: result.pairs,
    curvesAskedFor: result.pairsScored,
    likelihood,
    estimator: ESTIMATOR,
    rows,
    ...(range !== undefined && rows.some(({ pinned }) => pinned) ? { range } : {}),
    ceiling: Math.log(population.personas.rows * population.exemplars.rows),
    propensity,
    speakers: speakersOf(propensity, personas),
    shift: weightShift({ gate, population, training, personas, exemplars, masked: job.config.gate.selfMask > 0 }),
    ...(contexts === undefined ? {} : { contexts }),
  };
}

/** A scorer that keeps the curves of held-out records, record by record. */
function notingCurves(
  scorer: PairScorer,
  heldOut: ArrayLike<number>,
): { readonly scorer: PairScorer; curves(): LogLikelihoodCurve[][] } {
  const curves = new Map(Array.from(heldOut, (record): [number, LogLikelihoodCurve[]] => [record, []]));
  return {
    curves: () => [...curves.values()],
    async scorer(requests, options) {
      const scored = await scorer(requests, options);
      requests.forEach(({ record }, i) => curves.get(record)?.push(scored[i]!));
      return scored;
    },
  };
}

/** π of the first training records and the held-out ones: their own given a context, the mean over training inputs otherwise. */
function personaWeights(
  { records, personas, training, heldOut }: GatePopulation,
  gate: Gate,
  { likelihood, trainingRecords }: { likelihood: 'marginal' | 'conditional'; trainingRecords: number },
): Matrix<Float64Array> {
  const probabilities = probabilitiesOf(gate, records, personas);
  const rows = [...training.slice(0, trainingRecords), ...heldOut];
  return likelihood === 'marginal'
    ? meanRows(takeRows(probabilities, training), rows.length)
    : takeRows(probabilities, rows);
}

/** The mean of the rows, `count` times: what a marginal mixture draws its personas from, whatever the record. */
function meanRows(set: Matrix, count: number): Matrix<Float64Array> {
  return takeRows({ data: meanRow(set), rows: 1, cols: set.cols }, new Int32Array(count));
}

function judgedMixture({ name, temperatures, ...estimate }: MixtureEstimate, curves: Judged['curves']): Judged {
  const { logLikelihoods, effectivePairs, meanWithHalfThePairs: withHalfThePairs } = estimate;
  return { name, logLikelihoods, temperature: spreadOf(temperatures), effectivePairs, withHalfThePairs, curves };
}

async function mixtures({ config }: JobContext, population: GatePopulation, fit: Fit): Promise<ComparedMixture[]> {
  const { gate, seed } = config;
  const shape = { hidden: gate.hidden, d: population.records.cols, personas: population.personas.rows, seed };
  return [
    { name: 'one random pair', kind: 'randomPair' },
    { name: UNIFORM, kind: 'gate', gate: uniformGate(shape) },
    { name: 'random gate', kind: 'gate', gate: randomGate(shape) },
    { name: INITIAL, kind: 'gate', gate: await population.initial() },
    ...(fit.likelihood === undefined
      ? []
      : [{ name: LIKELIHOOD, kind: 'gate', gate: fit.likelihood, temperatures: 'scaled' } as const]),
    ...(fit.fitted ? fittedMixtures(fit.gate, likelihoodOf(config)) : []),
  ];
}

/** The fitted gate, and where it sees a context the same gate without it. */
function fittedMixtures(gate: Gate, likelihood: 'marginal' | 'conditional'): ComparedMixture[] {
  const mixture = { name: FITTED, kind: 'gate', gate, temperatures: 'scaled' } as const;
  return likelihood === 'marginal' ? [mixture] : [{ ...mixture, name: NO_CONTEXT, withoutInput: true }, mixture];
}
