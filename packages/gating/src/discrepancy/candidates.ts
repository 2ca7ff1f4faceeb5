import { minimize } from '@mixture-of-personas/numeric';
import { meanOf } from '@mixture-of-personas/numeric/internal';
import { part } from '../fit/parameters.js';
import { looks } from '../fit/steps.js';
import { effectiveTexts, judgedBy, requirePairsOfTexts, withRecords } from './form.js';
import { discrepancyGradient, pairWeights } from './objective.js';
import type { DiscrepancyStep, FactorSamples, StartName } from './options.js';
import { weighedForm, type Problem, type WeighedForm } from './problem.js';

/** Weights that rest on a smaller share of the texts cannot be judged by them. */
const LEAST_SHARE = 0.15;

/** Weights that are tried: from where, by which parameters, how freely. */
export type Move = Pick<DiscrepancyStep, 'start' | 'name' | 'ridge'>;

/** A candidate with its figures in cross-validation. */
export interface Candidate extends Move {
  readonly factor: FactorSamples;
  /** Discrepancy as each record sees it when it was left out. */
  readonly leftOut: Float64Array;
  /** Influence of each text of the factor on it, where the text did not choose the weights. */
  readonly ofTexts: Float64Array;
  /** End point of each of the fits. */
  readonly points: readonly Float64Array[];
}

/** The forms of a fit in cross-validation: what chooses the weights, and what judges them. */
export interface FoldForms {
  readonly fit: WeighedForm;
  readonly judge: WeighedForm;
  /** Positions of the left-out records in the order of training. */
  readonly out: readonly number[];
}

/** For each fold of records and of texts: the others choose weights, these judge them. */
export function foldForms(problem: Problem, factor: FactorSamples): FoldForms[] {
  const parts = problem.folds.length;
  const formOf = (rows: readonly number[], isIn: (text: number) => boolean): WeighedForm => {
    const whole = weighedForm(problem, factor, isIn);
    return { ...whole, form: withRecords(whole.form, rows) };
  };
  return problem.folds.map(({ kept, out }, f) => ({
    fit: formOf(kept, (i) => i % parts !== f),
    judge: formOf(out, (i) => i % parts === f),
    out,
  }));
}

/** A candidate by cross-validation: records and texts that chose weights do not judge them. */
export function candidateOf(
  problem: Problem,
  { factor, forms }: { readonly factor: FactorSamples; readonly forms: readonly FoldForms[] },
  move: Move,
  from?: readonly Float64Array[],
): Candidate {
  const leftOut = new Float64Array(problem.training.length);
  const ofTexts = new Float64Array(factor.texts.rows);
  const points = forms.map(({ fit, judge, out }, i) => {
    const vector = minimizeOn(problem, fit, move, from?.[i]);
    const { weights } = pairWeights(problem, vector, { looking: looking(problem, move), factor: judge.counted });
    const { byRecord, byText } = judgedBy(judge.form, weights);
    const stands = effectiveTexts(judge.form, weights) >= LEAST_SHARE * judge.positions.length;
    out.forEach((position, r) => (leftOut[position] = stands ? byRecord[r] : Infinity));
    judge.positions.forEach((t, at) => (ofTexts[t] = byText[at] / problem.folds.length));
    return vector;
  });
  return { ...move, factor, leftOut, ofTexts, points };
}

/** Whether the gate of a move looks at its input: where the one that it starts from does. */
function looking({ options: { likelihood } }: Problem, { start }: Move): boolean {
  return start === 'likelihood' && likelihood !== undefined && looks(likelihood.step);
}

function startOf({ space, options }: Problem, start: StartName): Float64Array {
  const vector = new Float64Array(space.size);
  if (start === 'likelihood' && options.likelihood !== undefined) vector.set(options.likelihood.vector);
  return vector;
}

/** Minimizes the convex discrepancy + ridge · unit · ‖change of the gate's parameters‖² by L-BFGS. */
export function minimizeOn(
  problem: Problem,
  { form, counted }: WeighedForm,
  move: Move,
  from?: Float64Array,
): Float64Array {
  const { space, unit } = problem;
  const start = startOf(problem, move.start);
  if (move.name === 'start') return start;
  const free = new Float64Array(space.size);
  part(space, free, 'exemplarBias').fill(1);
  if (move.name === 'personas') part(space, free, 'personaBias').fill(1);
  const ridge = move.ridge * unit;
  const of = { looking: looking(problem, move), factor: counted };
  return minimize(
    (vector) => {
      const { value, gradient } = discrepancyGradient(problem, form, vector, of);
      if (!Number.isFinite(value)) return { value: Infinity, gradient };
      let loss = value;
      for (let i = 0; i < gradient.length; i++) {
        const change = vector[i] - start[i];
        loss += ridge * change * change;
        gradient[i] = free[i] * (gradient[i] + 2 * ridge * change);
      }
      return { value: loss, gradient };
    },
    from ?? start,
    { tolerance: 1e-5 * unit, valueTolerance: 1e-5 * unit, maxIterations: 200 },
  ).point;
}

/** A candidate against the one kept before it. */
export function describe(candidate: Candidate, before: Candidate): DiscrepancyStep {
  const { start, name, factor, ridge, leftOut } = candidate;
  const n = leftOut.length;
  const discrepancy = meanOf(leftOut);
  const gain = meanOf(before.leftOut) - discrepancy;
  let variance = 0;
  leftOut.forEach((value, i) => (variance += (before.leftOut[i] - value - gain) ** 2 / (n * (n - 1))));
  // Texts of another factor are other texts.
  const paired = before.factor === factor;
  const influence = candidate.ofTexts.map((value, t) => value - (paired ? before.ofTexts[t] : 0));
  variance += varianceOf(factor, influence);
  if (!paired) variance += varianceOf(before.factor, before.ofTexts);
  const standardError = Math.sqrt(variance);
  const kept = candidate === before || gain > standardError;
  return { start, name, factor: factor.factor, ridge, discrepancy, gain, standardError, kept };
}

/** Variance that texts with these influences bring: those of pairs that were drawn, or of pairs that each have a fixed number of texts. */
function varianceOf({ pairs, logExpected, ...samples }: FactorSamples, influence: Float64Array): number {
  if (logExpected !== undefined) return influence.reduce((sum, value) => sum + value * value, 0);
  const pairOf = requirePairsOfTexts('fitDiscrepancy', { pairs, ...samples });
  const [counts, sums] = [new Float64Array(pairs.length), new Float64Array(pairs.length)];
  influence.forEach((value, t) => {
    counts[pairOf[t]]++;
    sums[pairOf[t]] += value;
  });
  return influence.reduce((sum, value, t) => {
    const m = counts[pairOf[t]];
    return sum + (m < 2 ? value * value : ((value - sums[pairOf[t]] / m) ** 2 * m) / (m - 1));
  }, 0);
}

/** Whether enough texts stand behind the weights in every fold. */
export function isJudged({ leftOut }: Candidate): boolean {
  return leftOut.every((value) => Number.isFinite(value));
}

/** The candidate of least discrepancy. */
export function leastOf(candidates: readonly Candidate[]): Candidate {
  return candidates.reduce((best, one) => (meanOf(one.leftOut) < meanOf(best.leftOut) ? one : best));
}
