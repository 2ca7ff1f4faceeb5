import { rowOf } from '@mixture-of-personas/numeric';
import { logWeightsUnder, recordDensities } from '../compare/pair-density.js';
import { estimateOf, sampleOf } from '../compare/pair-sample.js';
import type { Gate } from '../mixture/gate.js';
import { uniformGate } from '../mixture/initial.js';
import type { Population } from '../mixture/population.js';
import type { RememberingScorer } from '../scores/score-cache.js';
import type { FitSettings } from './settings.js';

/** Mean held-out log-likelihoods of two gates, each at its own temperatures, nats per record. */
export type HeldOutJudge = (gates: { readonly current: Gate; readonly best: Gate }) => Promise<{
  readonly current: number;
  readonly best: number;
}>;

/**
 * A judge without a favorite: it proposes pairs from both gates that it compares, and uniformly, a third each, and estimates both from the same
 * ones. Proposals from the initial gate alone would hold down every gate that moved away from it (docs/decisions/0103). The estimator is that of
 * `compareGates`; random numbers are common to all calls, so that pairs drawn before are mostly drawn again and cost nothing.
 */
export function heldOutJudge(
  population: Population,
  { heldOut, heldOutPairs, seed, signal }: Pick<FitSettings, 'heldOut' | 'heldOutPairs' | 'seed' | 'signal'>,
  scorer: RememberingScorer,
): HeldOutJudge {
  const uniform = uniformGate({ d: population.records.cols, personas: population.personas.rows, hidden: 1 });
  return async ({ current, best }) => {
    const densities = [current, best].map((gate) => recordDensities(gate, population, heldOut));
    const plan = {
      records: heldOut,
      components: [...densities, recordDensities(uniform, population, heldOut)],
      pairs: heldOutPairs,
      recordsPerDraw: 4,
      seed,
      purpose: 'fit held-out',
      signal,
    };
    const sums = [0, 0];
    (await sampleOf(plan, scorer)).forEach((sample, position) => {
      const own = densities.map((density) => density(position));
      const logWeights = logWeightsUnder(own, sample.pairs);
      [current, best].forEach((gate, c) => (sums[c] += estimateOf(sample, rowOf(logWeights, c), gate.temperatures)));
    });
    return { current: sums[0] / heldOut.length, best: sums[1] / heldOut.length };
  };
}
