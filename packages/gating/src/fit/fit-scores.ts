import { randomFor, sampleWithoutReplacement, SettingError, ShapeError } from '@mixture-of-personas/numeric';
import { meanOf } from '@mixture-of-personas/numeric/internal';
import { requirePopulation, type Population } from '../mixture/population.js';
import { maskOf } from '../mixture/probabilities.js';
import type { ScoreTable } from '../scores/score-table.js';
import { requireRange, TEMPERATURE_RANGE } from '../scores/temperature.js';
import { ascend, type Ascent } from './ascent.js';
import { likelihoodOf, type FitData } from './objective.js';
import type { MixtureResult, MixtureSettings, MixtureStep } from './options.js';
import { fitSpace, gateOf, levelAt, part } from './parameters.js';
import { foldsOf, type Fold, type MixtureStepName } from './steps.js';

const WHERE = 'fitScores';
/** Gains of an iteration at which a maximization stops, nats per record: in cross-validation, and in the fit that is returned. */
const [ROUGH, FINE] = [1e-4, 1e-6];

/** Inputs of judging and of the last fit, as a multiple of those in cross-validation. */
const MORE_INPUTS = 4;
/** A gain below this, nats per record, is none, however small its standard error. */
const LEAST_GAIN = 1e-3;

/** One candidate of a step: what cross-validation says, and where each fold's fit and the fit to all records ended. */
interface Candidate {
  readonly name: MixtureStepName;
  readonly ridge: number;
  /** ℓ of each record when it was left out. */
  readonly leftOut: Float64Array;
  readonly byFold: readonly Float64Array[];
}

/**
 * Fits an affine gate to stored scores, from coarse to fine, with no learning rate and no further score: temperatures; biases; three scales;
 * low-rank matrices. Each step maximizes the penalized likelihood by L-BFGS, with a ridge towards the step kept before
 * it, whose strength cross-validation over the records chooses. A finer step is kept only where it gains more than its standard error.
 * @param population embeddings; its records are those that the table counts
 * @throws SettingError or ShapeError
 */
export function fitScores(population: Population, table: ScoreTable, settings: MixtureSettings = {}): MixtureResult {
  requirePopulation(WHERE, population);
  requireScores(population, table);
  return fitTable(population, table, settings);
}

/** `fitScores` of a table that may hold no score of use for a record, as after the first round of a design. */
export function fitTable(population: Population, table: ScoreTable, settings: MixtureSettings): MixtureResult {
  const steps = fitScoresSteps(population, table, settings);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    settings.onStep?.({ kind: 'step', step: value });
  }
}

function* fitScoresSteps(
  population: Population,
  table: ScoreTable,
  settings: MixtureSettings,
): Generator<MixtureStep, MixtureResult> {
  const { objective = 'marginal', steps = ['biases', 'scales', 'matrices'], seed = 0, signal } = settings;
  const data = fitData(population, table, settings);
  const order = [...sampleWithoutReplacement(table.records.length, table.records.length, randomFor(seed, 'folds', 0))];
  const { folds: count = 5 } = settings;
  if (!Number.isInteger(count) || count < 2 || count > order.length)
    throw new SettingError(WHERE, 'folds', `an integer from 2 to ${order.length} (the records)`, count);
  const folds = foldsOf(order, count);
  const whole = { records: order, inputs: order, tolerance: FINE };
  const zero = new Float64Array(data.space.size);
  part(data.space, zero, 'level')[0] = levelAt(data.space, 1);

  const start = crossValidated(data, folds, { name: 'uniform', ridge: 0 }, () => ({ start: zero, from: zero }));
  let kept: Candidate = start;
  let best = ascend(data, { ...whole, step: 'uniform', start: zero, from: zero, ridge: 0 });
  const uniform = best;
  const done: MixtureStep[] = [describe(start, start)];
  yield done[0];
  for (const name of steps) {
    signal?.throwIfAborted();
    // What is right for a gate without input is no start for one that is judged by its input.
    const from = objective === 'conditional' && name === 'scales' ? { kept: start, best: uniform } : { kept, best };
    const candidate = bestRidge(data, { folds, name, start: from.kept }, settings);
    const step = describe(candidate, kept);
    if (step.kept) {
      const { ridge } = candidate;
      best = ascend(withMoreInputs(data), { ...whole, step: name, start: from.best, from: from.best, ridge });
      kept = candidate;
    }
    done.push(step);
    yield step;
  }
  const { gain, standardError } = describe(kept, start);
  return {
    gate: gateOf(data.space, best),
    step: kept.name,
    fitted: kept !== start,
    gain,
    standardError: kept === start ? 0 : standardError,
    steps: done,
    objective,
    uniform: gateOf(data.space, uniform),
    vector: best,
  };
}

/** A record that is scored under its own exemplar alone has no likelihood. */
function requireScores({ ownExemplar, exemplars }: Population, { records, pairs }: ScoreTable): void {
  if (ownExemplar === undefined) return;
  const masked = records.map(({ record }) => ownExemplar[record]);
  maskOf(WHERE, records.length, exemplars.rows, masked);
  const none = records.find((one) => one.pairs.every((s) => pairs[s].exemplar === ownExemplar[one.record]));
  if (none === undefined) return;
  const found = `only pairs with its own exemplar for record ${none.record}`;
  throw new ShapeError(WHERE, 'scores under another exemplar for every record', found, 'Score more pairs of it.');
}

/** Lays out what a fit or an evaluation of its objective needs. */
export function fitData(population: Population, table: ScoreTable, settings: MixtureSettings): FitData {
  const { objective = 'marginal', rank = 64, matrixRank = 8, contexts = 16 } = settings;
  for (const [name, value] of Object.entries({ rank, matrixRank, contexts })) {
    if (!Number.isInteger(value) || value < 1) throw new SettingError(WHERE, name, 'a positive integer', value);
  }
  const temperatureRange = requireRange(WHERE, settings.temperatureRange ?? TEMPERATURE_RANGE);
  return { space: fitSpace(population, { rank, matrixRank, temperatureRange }), table, objective, contexts };
}

/** The same over more inputs: left-out records and the fit that is returned see a mean that hardly depends on which inputs were drawn. */
function withMoreInputs(data: FitData): FitData {
  return { ...data, contexts: MORE_INPUTS * data.contexts };
}

/** A candidate fitted to each fold's kept records, from points of its own, and judged on those left out. */
function crossValidated(
  data: FitData,
  folds: readonly Fold[],
  { name, ridge }: Pick<Candidate, 'name' | 'ridge'>,
  pointsOf: (fold: number) => Pick<Ascent, 'start' | 'from'>,
): Candidate {
  const leftOut = new Float64Array(data.table.records.length);
  const byFold = folds.map(({ kept, out }, f) => {
    const fit = { step: name, records: kept, inputs: kept, ridge, tolerance: ROUGH };
    const vector = ascend(data, { ...fit, ...pointsOf(f) });
    const values = likelihoodOf(withMoreInputs(data), { ...fit, records: out })(vector);
    out.forEach((position, i) => (leftOut[position] = values[i]));
    return vector;
  });
  return { name, ridge, byFold, leftOut };
}

/** The strength of the ridge under which left-out records are most likely; weaker ones are tried as long as they help. */
function bestRidge(
  data: FitData,
  { folds, name, start }: { folds: readonly Fold[]; name: MixtureStepName; start: Candidate },
  { ridges = [0.1, 0.03, 0.01, 0.003, 0.001, 0.0003], signal }: MixtureSettings,
): Candidate {
  let best: Candidate | undefined;
  let from = start.byFold;
  for (const ridge of [...ridges].sort((a, b) => b - a)) {
    signal?.throwIfAborted();
    const pointsOf = (f: number) => ({ start: start.byFold[f], from: from[f] });
    const candidate = crossValidated(data, folds, { name, ridge }, pointsOf);
    from = candidate.byFold;
    if (best !== undefined && !(meanOf(candidate.leftOut) > meanOf(best.leftOut))) break;
    best = candidate;
  }
  if (best === undefined) throw new SettingError(WHERE, 'ridges', 'at least one', 'none');
  return best;
}

function describe({ name, ridge, leftOut }: Candidate, before: Candidate): MixtureStep {
  const differences = leftOut.map((value, i) => value - before.leftOut[i]);
  const n = leftOut.length;
  const gain = meanOf(differences);
  const variance = differences.reduce((sum, value) => sum + (value - gain) ** 2, 0) / (n - 1);
  const standardError = Math.sqrt(variance / n);
  return {
    name,
    ridge,
    logLikelihood: meanOf(leftOut),
    gain,
    standardError,
    kept: name === 'uniform' || gain > Math.max(standardError, LEAST_GAIN),
  };
}
