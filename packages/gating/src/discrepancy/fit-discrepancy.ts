import {
  minimize,
  randomFor,
  sampleWithoutReplacement,
  SettingError,
  takeRows,
  toFloat64,
} from '@mixture-of-personas/numeric';
import { fitSpace, gateOf, part } from '../fit/parameters.js';
import { GROUPS, type MixtureStepName } from '../fit/steps.js';
import { contextsOf } from '../fit/weights.js';
import { requirePopulation, requireRecords, type Population } from '../mixture/population.js';
import { discrepancyForm, discrepancyOf, type DiscrepancyForm, type PairSamples } from './form.js';
import { discrepancyGradient, pairWeights, type GateInputsOf } from './objective.js';
import type { DiscrepancyFit, DiscrepancyOptions, DiscrepancyStep, FactorSamples } from './options.js';

const WHERE = 'fitDiscrepancy';

/** Everything that stays the same during a fit. */
interface Problem extends GateInputsOf {
  readonly folds: readonly { readonly kept: readonly number[]; readonly out: readonly number[] }[];
  readonly options: DiscrepancyOptions;
  readonly training: readonly number[];
}

/** A candidate: left-out values of each record, up to a constant that all candidates share, and where each fold ended. */
interface Candidate {
  readonly name: MixtureStepName;
  readonly factor: FactorSamples;
  readonly ridge: number;
  readonly leftOut: Float64Array;
}

/**
 * Fits an affine gate without any log-probability: texts are sampled from pairs, and the gate's weights over them, averaged over inputs, are moved
 * so that the mixture of the texts has the least discrepancy to the training records; likewise one factor on all temperatures. Texts serve every
 * weight by importance weighting. The ridge, the step and the factor are chosen by cross-validation over records, and texts that chose weights
 * do not judge them; equal weights are kept where nothing is better by more than its standard error.
 * @throws ShapeError, SettingError before anything is fitted
 */
export function fitDiscrepancy(population: Population, options: DiscrepancyOptions): DiscrepancyFit {
  const problem = problemOf(population, options);
  const { samples, steps = ['biases', 'scales', 'matrices'] } = options;
  const nearest = samples.reduce((best, one) =>
    Math.abs(Math.log(one.factor)) < Math.abs(Math.log(best.factor)) ? one : best,
  );
  const forms = new Map(samples.map((factor) => [factor, foldForms(problem, factor)]));
  const equal = new Map(
    samples.map((factor) => [factor, candidateOf(problem, forms.get(factor)!, { name: 'uniform', factor, ridge: 0 })]),
  );
  const start = equal.get(nearest)!;
  let kept = start;
  const done: DiscrepancyStep[] = [describe(start, start)];
  const consider = (candidate: Candidate): void => {
    const step = describe(candidate, kept);
    done.push(step);
    if (step.kept) kept = candidate;
  };
  if (samples.length > 1) consider(leastOf([...equal.values()]));
  for (const name of steps) {
    options.signal?.throwIfAborted();
    consider(leastOf(samples.map((factor) => bestRidge(problem, forms.get(factor)!, name, factor))));
  }
  const vector = ascendOn(problem, formOf(problem, kept.factor, problem.training), kept);
  const gate = gateOf(problem.space, vector);
  const base = options.temperatures ?? new Float64Array(population.personas.rows).fill(1);
  const { gain, standardError } = describe(kept, start);
  return {
    gate: { ...gate, temperatures: base.map((value) => value * kept.factor.factor) },
    factor: kept.factor.factor,
    step: kept.name,
    fitted: kept.name !== 'uniform',
    gain: kept === start ? 0 : gain,
    standardError: kept === start ? 0 : standardError,
    steps: done,
    weights: pairWeights(problem, vector, kept).weights,
  };
}

function problemOf(population: Population, options: DiscrepancyOptions): Problem {
  requirePopulation(WHERE, population);
  const { records, personas, exemplars } = population;
  const { samples, texts, folds = 4, contexts = 64, seed = 0 } = options;
  if (texts.rows !== records.rows)
    throw new SettingError(WHERE, 'texts', `${records.rows} rows, one per record`, texts.rows);
  if (samples.length === 0) throw new SettingError(WHERE, 'samples', 'at least one', 'none');
  for (const { factor, pairs } of samples) {
    if (!(factor > 0 && factor < Infinity)) throw new SettingError(WHERE, 'factor', 'a number above 0', factor);
    const stranger = pairs.find(({ persona, exemplar }) => !(persona < personas.rows && exemplar < exemplars.rows));
    if (stranger) throw new SettingError(WHERE, 'samples.pairs', 'of the population', JSON.stringify(stranger));
  }
  const training = requireRecords(
    WHERE,
    'training',
    options.training ?? Array.from({ length: records.rows }, (_, i) => i),
    population,
  );
  if (!Number.isInteger(folds) || folds < 2 || 2 * folds > training.length) {
    throw new SettingError(WHERE, 'folds', 'an integer of at least 2, for two training records each', folds);
  }
  const order = Array.from(
    sampleWithoutReplacement(training.length, training.length, randomFor(seed, 'folds', 0)),
    (i) => training[i],
  );
  const space = fitSpace(population, { rank: 64, matrixRank: 8, temperatureRange: [0.25, 2.5] });
  return {
    space,
    contexts: contextsOf(space, toFloat64(takeRows(records, order.slice(0, contexts)))),
    folds: Array.from({ length: folds }, (_, f) => ({
      kept: order.filter((_, i) => i % folds !== f),
      out: order.filter((_, i) => i % folds === f),
    })),
    options,
    training: order,
  };
}

/** The form of some records and of all texts of a factor, or of one half of each pair's. */
function formOf({ options }: Problem, samples: FactorSamples, rows: readonly number[], half?: 0 | 1): DiscrepancyForm {
  return discrepancyForm(half === undefined ? samples : halfOf(samples, half), takeRows(options.texts, rows), options);
}

/** Every second text of each pair. */
function halfOf(samples: FactorSamples, half: 0 | 1): PairSamples {
  const each = samples.texts.rows / samples.pairs.length;
  const pairOf = samples.pairOf ?? Array.from({ length: samples.texts.rows }, (_, t) => Math.floor(t / each));
  const met = new Int32Array(samples.pairs.length);
  const rows = Array.from(pairOf, (p, t) => ({ p, t })).filter(({ p }) => met[p]++ % 2 === half);
  return {
    ...samples,
    texts: takeRows(
      samples.texts,
      rows.map(({ t }) => t),
    ),
    pairOf: rows.map(({ p }) => p),
  };
}

interface FoldForms {
  readonly fit: DiscrepancyForm;
  readonly judge: DiscrepancyForm;
}

function foldForms(problem: Problem, factor: FactorSamples): FoldForms[] {
  return problem.folds.map(({ kept, out }, f) => {
    const fit = formOf(problem, factor, kept, f % 2 === 0 ? 0 : 1);
    const { bandwidth } = fit;
    return {
      fit,
      judge: formOf({ ...problem, options: { ...problem.options, bandwidth } }, factor, out, f % 2 === 0 ? 1 : 0),
    };
  });
}

type Ridged = Pick<Candidate, 'name' | 'factor' | 'ridge'>;

function candidateOf(problem: Problem, forms: readonly FoldForms[], ridged: Ridged): Candidate {
  const leftOut = forms.flatMap(({ fit, judge }) => {
    const { weights } = pairWeights(problem, ascendOn(problem, fit, ridged), ridged);
    const whole = discrepancyOf(judge, weights) - judge.constant;
    return Array.from({ length: judge.perRecord.rows }, (_, r) => {
      let toRecord = 0; // b of this record against the mean b that `whole` has
      weights.forEach((w, p) => (toRecord += w * (judge.perRecord.data[r * weights.length + p] - judge.linear[p])));
      return whole - 2 * toRecord;
    });
  });
  return { ...ridged, leftOut: Float64Array.from(leftOut) };
}

function bestRidge(
  problem: Problem,
  forms: readonly FoldForms[],
  name: MixtureStepName,
  factor: FactorSamples,
): Candidate {
  const { ridges = [1, 0.3, 0.1, 0.03, 0.01, 0.003] } = problem.options;
  return leastOf(ridges.map((ridge) => candidateOf(problem, forms, { name, factor, ridge })));
}

function leastOf(candidates: readonly Candidate[]): Candidate {
  return candidates.reduce((best, one) => (meanOf(one.leftOut) < meanOf(best.leftOut) ? one : best));
}

/** Minimizes D(w) + ridge · D(equal weights) · ‖weights of the gate‖² by L-BFGS. */
function ascendOn(problem: Problem, form: DiscrepancyForm, ridged: Ridged): Float64Array {
  const { space } = problem;
  const zero = new Float64Array(space.size);
  if (ridged.name === 'uniform') return zero;
  const free = new Float64Array(space.size);
  for (const group of GROUPS[ridged.name])
    if (group !== 'level' && group !== 'deviations') part(space, free, group).fill(1);
  const unit = Math.max(1e-9, Math.abs(discrepancyOf(form, pairWeights(problem, zero, ridged).weights)));
  const ridge = ridged.ridge * unit;
  return minimize(
    (vector) => {
      const { value, gradient } = discrepancyGradient(problem, form, vector, ridged);
      if (!Number.isFinite(value)) return { value: Infinity, gradient };
      let loss = value;
      for (let i = 0; i < gradient.length; i++) {
        loss += ridge * vector[i] * vector[i];
        gradient[i] = free[i] * (gradient[i] + 2 * ridge * vector[i]);
      }
      return { value: loss, gradient };
    },
    zero,
    { tolerance: 1e-6 * unit, valueTolerance: 1e-6 * unit, maxIterations: 200 },
  ).point;
}

function describe({ name, factor, ridge, leftOut }: Candidate, before: Candidate): DiscrepancyStep {
  const gains = before.leftOut.map((value, i) => value - leftOut[i]);
  const gain = meanOf(gains);
  const variance = gains.reduce((sum, value) => sum + (value - gain) ** 2, 0) / (gains.length - 1);
  const standardError = Math.sqrt(variance / gains.length);
  const kept = leftOut === before.leftOut || gain > standardError;
  return { name, factor: factor.factor, ridge, gain, standardError, kept };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
