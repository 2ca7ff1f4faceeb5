import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clusteredMean } from '../../src/compare/clustered.js';
import { compareGates } from '../../src/compare/compare-gates.js';
import type { CompareOptions, ComparedMixture } from '../../src/compare/options.js';
import { logSumExp } from '@mixture-of-personas/numeric';
import { initialGate, randomGate, uniformGate } from '../../src/mixture/initial.js';
import { bestTemperature, fitTemperature } from '../../src/scores/temperature.js';
import { exactLogLikelihood, toyCurve, toyPopulation, toyScorer } from '../support/toy.js';

const population = toyPopulation(10, 4, 6);
const shape = { d: 6, personas: 4, hidden: 4, temperature: 0.9 };
const gates = {
  uniform: uniformGate(shape),
  near: initialGate(shape, { similarity: 3 }),
  random: randomGate({ ...shape, seed: 4 }),
};
const mixtures: ComparedMixture[] = Object.entries(gates).map(([name, gate]) => ({
  name,
  kind: 'gate',
  gate,
  temperatures: 'own',
}));
const rows = { training: [0, 1, 2, 3, 4, 5], heldOut: [6, 7, 8, 9] };
const compare = (options: Partial<CompareOptions> = {}, which = mixtures, scorer = toyScorer(population)) =>
  compareGates(population, which, scorer, { ...rows, ...options });

describe('compareGates', () => {
  it.each(['conditional', 'marginal'] as const)('is unbiased for every mixture (%s)', async (likelihood) => {
    const seeds = 400;
    const exact = await Promise.all(Object.values(gates).map((gate) => exactOf(gate, likelihood)));
    const sums = exact.map((row) => row.map(() => ({ mean: 0, square: 0 })));
    for (let seed = 0; seed < seeds; seed++) {
      const { estimates, pairs } = await compare({ seed, pairs: 12, trainingPairs: 6, likelihood });
      expect(pairs).toBe(12);
      estimates.forEach(({ logLikelihoods }, c) =>
        logLikelihoods.forEach((value, i) => {
          const ratio = Math.exp(value - exact[c][i]);
          sums[c][i].mean += ratio / seeds;
          sums[c][i].square += ratio ** 2 / seeds;
        }),
      );
    }
    for (const { mean, square } of sums.flat()) {
      expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt((square - mean ** 2) / seeds));
    }
  });

  it('judges a gate without its input as the marginal likelihood does', async () => {
    const [mixture] = mixtures.filter(({ name }) => name === 'near');
    const [without, marginal] = await Promise.all([
      compare({ likelihood: 'conditional' }, [{ ...mixture, withoutInput: true } as ComparedMixture]),
      compare({ likelihood: 'marginal' }, [mixture]),
    ]);
    expect(without.estimates).toEqual(marginal.estimates);
  });

  it('comes close to the exact difference of two mixtures, within its standard error', async () => {
    const { difference, estimates } = await compare({ pairs: 600, recordsPerDraw: 1 });
    const [near, uniform] = await Promise.all([
      exactOf(gates.near, 'conditional'),
      exactOf(gates.uniform, 'conditional'),
    ]);
    const exact = near.reduce((sum, value, i) => sum + (value - uniform[i]) / 4, 0);
    const found = difference('near', 'uniform');
    expect(Math.abs(found.mean - exact)).toBeLessThan(0.05);
    expect(found.standardError).toBeGreaterThan(0);
    for (const { effectivePairs, mean, meanWithHalfThePairs } of estimates) {
      expect(effectivePairs).toBeGreaterThan(100);
      expect(Math.abs(mean - meanWithHalfThePairs)).toBeLessThan(0.05);
    }
  });

  it('fits temperatures by the training records only, and scores every record with the same number of pairs', async () => {
    const scorer = toyScorer(population);
    const fitted: ComparedMixture[] = [
      { name: 'global', kind: 'gate', gate: gates.near },
      {
        name: 'scaled',
        kind: 'gate',
        gate: { ...gates.near, temperatures: Float64Array.of(0.5, 0.5, 1, 1) },
        temperatures: 'scaled',
      },
      { name: 'pair', kind: 'randomPair' },
    ];
    const { estimates, heldOutPairs, pairsScored } = await compare({ pairs: 30, trainingRecords: 5 }, fitted, scorer);
    expect(new Set(scorer.asked.map(({ record }) => record))).toEqual(new Set([0, 1, 2, 3, 4, 6, 7, 8, 9]));
    expect(pairsScored).toBe(scorer.asked.length);
    expect(heldOutPairs.map((pairs) => pairs.length)).toEqual([30, 30, 30, 30]);
    const [global, scaled, pair] = estimates;
    expect(new Set(global.temperatures).size).toBe(1);
    expect(scaled.temperatures[2] / scaled.temperatures[0]).toBeCloseTo(2, 9);
    expect(pair.logLikelihoods.every(Number.isFinite)).toBe(true);
    // Doing it on other held-out records moves no temperature.
    const again = await compare({ pairs: 30, trainingRecords: 5, heldOut: [7] }, fitted);
    again.estimates.forEach(({ temperatures }, c) => expect(temperatures).toEqual(estimates[c].temperatures));
  });

  it('lets records of a block ask for the same pairs of a mixture that is one for all', async () => {
    const scorer = toyScorer(population);
    const { heldOutPairs } = await compare(
      { recordsPerDraw: 4 },
      [{ name: 'u', kind: 'gate', gate: gates.uniform }],
      scorer,
    );
    expect(heldOutPairs[1]).toEqual(heldOutPairs[0]);
    expect(heldOutPairs[3]).toEqual(heldOutPairs[0]);
  });

  it('judges one random pair as that pair', async () => {
    const scorer = toyScorer(population);
    const which: ComparedMixture[] = [...mixtures, { name: 'pair', kind: 'randomPair' }];
    const { estimates } = await compare({ pairs: 4000, recordsPerDraw: 1 }, which, scorer);
    const best = await Promise.all([6, 7, 8, 9].map((record) => bestPair(record, estimates[3].temperatures[0])));
    estimates[3].logLikelihoods.forEach((value, i) => expect(value).toBeLessThanOrEqual(best[i] + 0.1));
  });

  it('refuses what does not fit in a sentence', async () => {
    await expect(compare({}, [])).rejects.toThrow(/at least one/);
    await expect(compare({}, [mixtures[0], mixtures[0]])).rejects.toThrow(/differently named/);
    await expect(compare({ heldOut: [] })).rejects.toThrow(/heldOut.*at least one/);
    await expect(compare({ pairs: 2.5 })).rejects.toThrow(/pairs.*positive integer.*2.5/);
    const { difference } = await compare({ pairs: 6 });
    expect(() => difference('near', 'far')).toThrow(/far/);
  });
});

describe('fitTemperature', () => {
  it('finds the maximum of the sum of the curves', () => {
    // a/τ − n log τ has its maximum at −a/n; sums of such curves are such a curve.
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 2.3, noNaN: true }), (best) => {
        const found = fitTemperature([toyCurve(-best * 8, 8), toyCurve(-best * 80, 80)]);
        expect(Math.abs(found - best)).toBeLessThan(1e-3);
      }),
    );
  });

  it('stays inside the range and finds the higher of two humps', () => {
    expect(fitTemperature([toyCurve(-80, 8)])).toBeCloseTo(2.5, 3);
    const humps = (t: number): number => Math.exp(-(((t - 0.5) / 0.1) ** 2)) + 2 * Math.exp(-(((t - 2) / 0.2) ** 2));
    expect(bestTemperature([0.25, 2.5], humps)).toBeCloseTo(2, 2);
    expect(() => fitTemperature([])).toThrow(/at least one/);
    expect(() => bestTemperature([1, 1], humps)).toThrow(/0 < low < high/);
  });
});

describe('clusteredMean', () => {
  it('is the usual standard error for blocks of one', () => {
    const { mean, standardError } = clusteredMean(Float64Array.of(1, 2, 3, 6), 1);
    expect(mean).toBe(3);
    expect(standardError).toBeCloseTo(Math.sqrt(14 / 3 / 4), 12);
  });

  it('counts blocks, not values, when blocks are of equal values', () => {
    const { standardError } = clusteredMean(Float64Array.of(1, 1, 2, 2, 3, 3, 6, 6), 2);
    expect(standardError).toBeCloseTo(Math.sqrt(14 / 3 / 4), 12);
  });

  it('knows nothing from one block', () => {
    expect(clusteredMean(Float64Array.of(1, 2), 2).standardError).toBe(Infinity);
  });
});

/** Exact log-likelihood of the held-out records at the gate's own temperatures. */
async function exactOf(gate: (typeof gates)['near'], likelihood: 'conditional' | 'marginal'): Promise<number[]> {
  if (likelihood === 'conditional') {
    const { logLikelihoods } = await exactLogLikelihood(gate, population, toyScorer(population));
    return rows.heldOut.map((record) => logLikelihoods[record]);
  }
  const scorer = toyScorer(population);
  const perContext = await Promise.all(
    rows.heldOut.map((record) => {
      // Every training context in turn stands as the gate's input, the text scored is the held-out record's.
      const contexts = {
        ...population,
        records: { ...population.records, data: population.records.data.slice(0, 36), rows: 6 },
      };
      return exactLogLikelihood(gate, contexts, (asked) => scorer(asked.map((request) => ({ ...request, record }))));
    }),
  );
  return perContext.map(({ logLikelihoods }) => logSumExp(logLikelihoods) - Math.log(6));
}

async function bestPair(record: number, temperature: number): Promise<number> {
  const asked = Array.from({ length: 24 }, (_, at) => ({ record, persona: Math.floor(at / 6), exemplar: at % 6 }));
  const curves = await toyScorer(population)(asked);
  return Math.max(...curves.map((curve) => curve.logProbability(temperature)));
}
