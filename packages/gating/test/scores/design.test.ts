import { describe, expect, it } from '@jest/globals';
import { designBudget, drawRound, pairAt, type DesignRound } from '../../src/scores/design.js';
import { scoreRounds } from '../../src/scores/score-design.js';
import { toyCurve } from '../support/toy.js';

const [K, N] = [6, 9];
const budget = designBudget({ records: 40, personas: K, exemplars: N }, { pairs: 18, perRecord: 6, rounds: 2 });
const skewed = { data: Float64Array.from({ length: 40 * 18 }, (_, s) => (s % 7) ** 2 + 0.1), rows: 40, cols: 18 };
const draw = (seed: number, earlier: readonly DesignRound[] = []): DesignRound =>
  drawRound({ personas: K, exemplars: N, budget, earlier, seed, ...(earlier.length > 0 ? { shares: skewed } : {}) });

describe('a balanced design', () => {
  it('spreads candidates evenly over personas and exemplars, and records evenly over candidates', () => {
    const { candidates, shares } = draw(1);
    const count = (values: number[], of: number): number[] =>
      Array.from({ length: of }, (_, value) => values.filter((one) => one === value).length);
    const pairs = [...candidates.keys()].map((s) => pairAt(s, N));
    expect(new Set(candidates.keys()).size).toBe(18);
    expect(
      count(
        pairs.map(({ persona }) => persona),
        K,
      ),
    ).toEqual(new Array(K).fill(3));
    expect(
      count(
        pairs.map(({ exemplar }) => exemplar),
        N,
      ),
    ).toEqual(new Array(N).fill(2));
    const met = [...candidates.keys()].map((s) => shares.filter((share) => share.has(s)).length);
    expect(Math.max(...met) - Math.min(...met)).toBeLessThanOrEqual(1);
    for (const share of shares) expect(share.size).toBe(3);
  });

  it.each([1, 2])(
    'estimates a sum over all pairs without bias from %d rounds, whatever later ones follow',
    async (rounds) => {
      const value = (s: number): number => 1 + Math.sin(s) ** 2 + (s === 5 ? 4 : 0);
      const exact = Array.from({ length: K * N }, (_, s) => value(s)).reduce((sum, one) => sum + one, 0);
      const [draws, estimates]: [number, number[]] = [600, []];
      const scoring = {
        exemplars: N,
        budget,
        records: Array.from({ length: 40 }, (_, i) => i),
        score: (requests: readonly unknown[]) => Promise.resolve(requests.map(() => toyCurve(-1, 1))),
        temperatureRange: [0.5, 2],
      } as const;
      for (let seed = 0; seed < draws; seed++) {
        const drawn: DesignRound[] = [];
        for (let round = 0; round < rounds; round++) drawn.push(draw(seed, drawn));
        const { records, pairs, logCandidate } = await scoreRounds(drawn, scoring);
        const { pairs: mine, logInclusion } = records[seed % 40];
        expect(mine).toHaveLength(3 * rounds);
        const terms = Array.from(mine, (s, m) => {
          const { persona, exemplar } = pairs[s];
          return value(persona * N + exemplar) / Math.exp(logInclusion[m] + (logCandidate?.[s] ?? 0));
        });
        estimates.push(terms.reduce((sum, one) => sum + one, 0));
      }
      const mean = estimates.reduce((sum, one) => sum + one, 0) / draws;
      const deviation = Math.sqrt(estimates.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (draws - 1));
      expect(Math.abs(mean - exact)).toBeLessThan((4 * deviation) / Math.sqrt(draws));
    },
  );

  it('says its cost before the start, and refuses sizes that are none', () => {
    expect(designBudget({ records: 5000, personas: 100, exemplars: 1000 })).toEqual({
      pairs: 256,
      perRecord: 64,
      records: 1000,
      rounds: 2,
      scores: 64_000,
      recordsPerPair: 250,
    });
    expect(() => designBudget({ records: 5, personas: 2, exemplars: 2 }, { pairs: 0 })).toThrow(/positive integer/);
  });
});
