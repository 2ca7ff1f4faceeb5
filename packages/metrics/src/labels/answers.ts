import { randomFor, ShapeError } from '@mixture-of-personas/numeric';
import { sumOf } from '@mixture-of-personas/numeric/internal';
import { countsIn } from '../histograms/divergence-frontier.js';

import { requireCounts } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { normalBootstrap } from '../metric/intervals.js';
import { mapBoth } from '../metric/ready-sets.js';

/** Distances between two distributions over the same answer options. */
export interface AnswerDistances {
  /** Jensen–Shannon divergence in nats, [0, ln 2]. */
  readonly jensenShannon: number;
  /** ½ Σ |p − q|, [0, 1]. */
  readonly totalVariation: number;
  /** √(1 − Σ √(p q)), [0, 1]. */
  readonly hellinger: number;
  /** Σ |P − Q| over cumulative shares: steps an average answer must move; only of meaning when the options are ordered. */
  readonly wasserstein: number;
  /** Share of the options golden uses that synthetic uses at all, [0, 1]. */
  readonly supportCoverage: number;
  /** Entropies in nats. */
  readonly syntheticEntropy: number;
  readonly goldenEntropy: number;
}

/**
 * Distance between two answer distributions.
 * @param syntheticCounts ≥ 0, one an option
 * @param goldenCounts as many, in the same order
 * @throws ShapeError when lengths differ, a count is negative or not a number, or one side has none
 */
export function answerDistances(syntheticCounts: ArrayLike<number>, goldenCounts: ArrayLike<number>): AnswerDistances {
  requireCounts('answerDistances', 'syntheticCounts', syntheticCounts);
  requireCounts('answerDistances', 'goldenCounts', goldenCounts);
  if (syntheticCounts.length !== goldenCounts.length) {
    const found = `${syntheticCounts.length} and ${goldenCounts.length}`;
    const advice = 'Count both sets over one list of options.';
    throw new ShapeError('answerDistances', 'counts over the same options', found, advice);
  }
  const p = sharesOf(syntheticCounts);
  const q = sharesOf(goldenCounts);
  let [variation, affinity, moved, wasserstein, used, reached] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < p.length; i++) {
    variation += Math.abs(p[i] - q[i]) / 2;
    affinity += (Math.sqrt(p[i]) - Math.sqrt(q[i])) ** 2 / 2; // 1 − Σ √(pq) without cancellation
    moved += p[i] - q[i];
    if (i + 1 < p.length) wasserstein += Math.abs(moved);
    if (q[i] > 0) used++;
    if (q[i] > 0 && p[i] > 0) reached++;
  }
  return {
    jensenShannon: jensenShannon(p, q),
    totalVariation: variation,
    hellinger: Math.sqrt(affinity),
    wasserstein,
    supportCoverage: reached / used,
    syntheticEntropy: entropyOf(p),
    goldenEntropy: entropyOf(q),
  };
}

function sharesOf(counts: ArrayLike<number>): Float64Array {
  const total = sumOf(counts);
  return Float64Array.from(counts, (count) => count / total);
}

function jensenShannon(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const middle = (p[i] + q[i]) / 2;
    if (p[i] > 0) sum += (p[i] / 2) * Math.log(p[i] / middle);
    if (q[i] > 0) sum += (q[i] / 2) * Math.log(q[i] / middle);
  }
  return Math.max(0, sum);
}

function entropyOf(p: Float64Array): number {
  let sum = 0;
  for (const share of p) if (share > 0) sum -= share * Math.log(share);
  return Math.max(0, sum);
}

/** Distance of the label distributions. */
export const answers: Metric<'answers'> = defineMetric({
  name: 'answers',
  facts: {
    title: 'Label distribution (Jensen–Shannon)',
    better: 'lower',
    range: [0, Math.LN2],
    needs: 'labels',
    of: 'two sets',
    functions: ['answerDistances'],
    formula: 'Jensen–Shannon of label counts; TV, Hellinger, W₁',
    source: 'survey simulation',
    cost: 'none',
  },
  compute: ({ labels }) => {
    const both = labels('answers');
    const all = [...new Set(both.flat())];
    const ordinal = all.every((label) => label.trim() !== '' && Number.isFinite(Number(label)));
    const options = all.sort((a, b) => (ordinal ? Number(a) - Number(b) : a < b ? -1 : 1));
    const numbers = new Map(options.map((option, i) => [option, i]));
    const given = mapBoth(both, (list) => Int32Array.from(list, (label) => numbers.get(label)!));
    const counts = mapBoth(given, (list) => countsIn(list, options.length));
    const { jensenShannon, wasserstein, ...others } = answerDistances(...counts);
    return {
      value: jensenShannon,
      parts: ordinal ? { ...others, wasserstein } : others,
      settings: { options: options.length, ordinal, logarithm: 'natural' },
      state: { given, options: options.length },
    };
  },
  resample: ({ given, options }, { settings: { seed } }) =>
    normalBootstrap('labels of both sets', (index) => {
      const [p, q] = given.map((list, side) => {
        const random = randomFor(seed, 'bootstrap-labels', 2 * index + side);
        return countsIn(
          list.map(() => list[Math.floor(random() * list.length)]),
          options,
        );
      });
      return answerDistances(p, q).jensenShannon;
    }),
});
