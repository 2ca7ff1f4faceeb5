import { gateOf } from '../fit/parameters.js';
import type { Population } from '../mixture/population.js';
import {
  candidateOf,
  describe,
  foldForms,
  isJudged,
  leastOf,
  minimizeOn,
  type Candidate,
  type FoldForms,
} from './candidates.js';
import { pairWeights } from './objective.js';
import type {
  DiscrepancyFit,
  DiscrepancyOptions,
  DiscrepancyStep,
  DiscrepancyStepName,
  FactorSamples,
  StartName,
} from './options.js';
import { problemOf, weighedForm, type Problem } from './problem.js';

/** Texts of a factor with their forms in cross-validation. */
interface Judged {
  readonly factor: FactorSamples;
  readonly forms: readonly FoldForms[];
}

/**
 * Fits an affine gate without any log-probability: texts are sampled from pairs, and the gate's weights over them, averaged over inputs, are moved
 * so that the mixture of the texts has the least discrepancy to the training records; likewise one factor on all temperatures. Texts serve every
 * weight by importance weighting. The start, the ridge, the step and the factor are chosen by cross-validation over records and texts, of which
 * those that chose weights never judge them; equal weights are kept where nothing is better by more than its standard error.
 * @throws ShapeError, SettingError before anything is fitted
 */
export function fitDiscrepancy(population: Population, options: DiscrepancyOptions): DiscrepancyFit {
  const problem = problemOf(population, options);
  const { samples, likelihood } = options;
  const judged = samples.map((factor) => ({ factor, forms: foldForms(problem, factor) }));
  const as = (start: StartName): Candidate[] =>
    judged.map((each) => candidateOf(problem, each, { start, name: 'start', ridge: 0 }));
  const equal = as('equal');
  const start = equal.reduce((best, one) => (distanceFrom1(one) < distanceFrom1(best) ? one : best));
  let kept = start;
  const done: DiscrepancyStep[] = [describe(start, start)];
  const consider = (candidate: Candidate): void => {
    if (!isJudged(candidate)) return;
    const step = describe(candidate, kept);
    done.push(step);
    if (step.kept) kept = candidate;
  };
  if (samples.length > 1) consider(leastOf(equal));
  if (likelihood !== undefined) consider(leastOf(as('likelihood')));
  const starts: readonly StartName[] = likelihood === undefined ? ['equal'] : ['equal', 'likelihood'];
  for (const name of ['exemplars', 'personas'] as const) {
    options.signal?.throwIfAborted();
    const candidates = starts.flatMap((from) => judged.map((each) => bestRidge(problem, each, from, name)));
    consider(leastOf(candidates));
  }
  return { ...gateOfKept(problem, population, kept), ...gainOver(start, kept), steps: done };
}

function distanceFrom1({ factor }: Candidate): number {
  return Math.abs(Math.log(factor.factor));
}

function gainOver(start: Candidate, kept: Candidate): Pick<DiscrepancyFit, 'fitted' | 'gain' | 'standardError'> {
  const { gain, standardError } = describe(kept, start);
  const fitted = kept.start !== 'equal' || kept.name !== 'start';
  return kept === start ? { fitted, gain: 0, standardError: 0 } : { fitted, gain, standardError };
}

/** The kept candidate on all records and all texts. */
function gateOfKept(
  problem: Problem,
  population: Population,
  kept: Candidate,
): Pick<DiscrepancyFit, 'gate' | 'factor' | 'start' | 'step' | 'weights'> {
  const { factor, start, name: step } = kept;
  const whole = weighedForm(problem, factor);
  const vector = minimizeOn(problem, whole, kept);
  const base = problem.options.temperatures ?? new Float64Array(population.personas.rows).fill(1);
  return {
    gate: { ...gateOf(problem.space, vector), temperatures: base.map((value) => value * factor.factor) },
    factor: factor.factor,
    start,
    step,
    weights: pairWeights(problem, vector, { looking: true, factor: whole.counted }).weights,
  };
}

/** The strength of the ridge under which left-out records and texts are closest; weaker ones are tried as long as they help. */
function bestRidge(
  problem: Problem,
  judged: Judged,
  start: StartName,
  name: Exclude<DiscrepancyStepName, 'start'>,
): Candidate {
  const { ridges = [0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001] } = problem.options;
  let best: Candidate | undefined;
  let from: readonly Float64Array[] | undefined;
  for (const ridge of [...ridges].sort((a, b) => b - a)) {
    const candidate = candidateOf(problem, judged, { start, name, ridge }, from);
    from = candidate.points;
    if (best !== undefined && leastOf([best, candidate]) === best) break;
    best = candidate;
  }
  return best!;
}
