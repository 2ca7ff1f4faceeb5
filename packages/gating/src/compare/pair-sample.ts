import { logSumExp, randomFor, type Random } from '@mixture-of-personas/numeric';
import type { LogLikelihoodCurve, Pair, PairRequest } from '../mixture/gate.js';
import type { DensityOf, PairDensity } from './pair-density.js';
import type { RememberingScorer } from '../scores/score-cache.js';

/** The pairs by which one record is judged: P of them, with the density they were drawn from and their curves. */
export interface RecordSample {
  /** Row of the population. */
  readonly record: number;
  /** The first half and the second half are samples of the same kind, each complete in itself. */
  readonly pairs: readonly Pair[];
  /** log q of each: the equal mixture of all the densities drawn from. */
  readonly logProposal: Float64Array;
  readonly curves: readonly LogLikelihoodCurve[];
}

/** Plan of a sample. */
export interface SamplePlan {
  /** Rows of the population. */
  readonly records: ArrayLike<number>;
  /** Distributions that pairs are drawn from, equally many from each. */
  readonly components: readonly DensityOf[];
  /** P: rounded to an even number of draws from each component, at least 2. */
  readonly pairs: number;
  /** Consecutive records sharing uniform numbers. */
  readonly recordsPerDraw: number;
  readonly seed: number;
  /** Names the random streams. */
  readonly purpose: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Draws and scores the pairs of every record: deterministic-mixture importance sampling (Owen & Zhou 2000; the balance heuristic of Veach & Guibas),
 * stratified in the persona's uniform number. For any mixture w, (1/P) Σ_s w(s)/q(s) p(y|s) is an unbiased estimate of Σ w p provided that one
 * of the components can draw whatever w can.
 */
export async function sampleOf(plan: SamplePlan, scorer: RememberingScorer): Promise<RecordSample[]> {
  const drawn = Array.from(plan.records, (record, position) => {
    const densities = plan.components.map((component) => component(position));
    const pairs = drawAll(densities, plan, Math.floor(position / plan.recordsPerDraw));
    return { record, pairs, logProposal: proposalOf(densities, pairs) };
  });
  const requests = drawn.flatMap(({ record, pairs }) => pairs.map((pair): PairRequest => ({ ...pair, record })));
  const curves = await scorer.curves(requests, plan.signal);
  let at = 0;
  return drawn.map((sample) => ({ ...sample, curves: curves.slice(at, (at += sample.pairs.length)) }));
}

/** Draws from each component in each half: P is 2 · components · this. */
export function drawsPerHalf(pairs: number, components: number): number {
  return Math.max(1, Math.round(pairs / components / 2));
}

function drawAll(densities: readonly PairDensity[], plan: SamplePlan, block: number): Pair[] {
  const perHalf = drawsPerHalf(plan.pairs, densities.length);
  const streams = densities.map((_, c) => randomFor(plan.seed, `${plan.purpose} ${c}`, block));
  const half = (): Pair[] => densities.flatMap((density, c) => stratified(density, perHalf, streams[c]));
  return [...half(), ...half()];
}

function stratified(density: PairDensity, count: number, random: Random): Pair[] {
  return Array.from({ length: count }, (_, i) => density.draw([random(), (i + random()) / count, random()]));
}

function proposalOf(densities: readonly PairDensity[], pairs: readonly Pair[]): Float64Array {
  for (const density of densities) density.prepare(pairs);
  return Float64Array.from(
    pairs,
    (pair) => logSumExp(densities.map((density) => density.logWeight(pair))) - Math.log(densities.length),
  );
}

/** log of the unbiased estimate of Σ w p_τ(y), from pairs `from` … `to`. */
export function estimateOf(
  sample: RecordSample,
  logWeights: ArrayLike<number>,
  temperatures: ArrayLike<number>,
  [from, to]: readonly [number, number] = [0, sample.pairs.length],
): number {
  return logSumExp(logTerms(sample, logWeights, temperatures, [from, to])) - Math.log(to - from);
}

/** log of w p/q. */
function logTerms(
  sample: RecordSample,
  logWeights: ArrayLike<number>,
  temperatures: ArrayLike<number>,
  [from, to]: readonly [number, number],
): Float64Array {
  const terms = new Float64Array(to - from);
  for (let s = from; s < to; s++) {
    terms[s - from] =
      logWeights[s] === -Infinity
        ? -Infinity
        : logWeights[s] -
          sample.logProposal[s] +
          sample.curves[s].logProbability(temperatures[sample.pairs[s].persona]);
  }
  return terms;
}

/** (Σ t)² / Σ t² with t = w p/q: how many equal terms the estimate of a record's likelihood rests on; 0 when the mixture can draw none of the pairs. */
export function effectivePairsOf(
  sample: RecordSample,
  logWeights: ArrayLike<number>,
  temperatures: ArrayLike<number>,
): number {
  const terms = logTerms(sample, logWeights, temperatures, [0, sample.pairs.length]);
  const total = logSumExp(terms);
  return total === -Infinity ? 0 : Math.exp(2 * total - logSumExp(terms.map((term) => 2 * term)));
}
