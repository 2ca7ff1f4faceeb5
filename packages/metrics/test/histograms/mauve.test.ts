import { describe, expect, it } from '@jest/globals';
import { matrixOf, principalComponents } from '@mixture-of-personas/numeric';
import fc from 'fast-check';

import { mauve, mauveSeedSpread, mauveSteps } from '../../src/histograms/mauve.js';
import { describeGolden, goldenJson, goldenMatrix } from '../golden.js';
import { gaussianRows, shifted } from '../sets.js';

type Band = [number, number];
interface Case {
  readonly name: string;
  readonly p_npy: string;
  readonly q_npy: string;
  readonly num_buckets: number;
  readonly num_buckets_arg: number | 'auto';
  readonly 'pca_dims_kept_at_0.9': number;
  readonly pca_cumulative_ratio_first: number[];
  readonly by_scaling: Record<
    string,
    { readonly accept_single_run_random_init: Band; readonly accept_mean_of_10_random_init: Band }
  >;
}

describeGolden('mauve end to end, against the reference', () => {
  const { cases } = goldenJson<{ cases: Case[] }>('mauve_e2e.json');
  it.each(cases)('keeps its components and falls in its bands: $name', (golden) => {
    const [p, q] = [goldenMatrix(golden.p_npy), goldenMatrix(golden.q_npy)];
    for (const [scaling, bands] of Object.entries(golden.by_scaling)) {
      const runs = Array.from({ length: 10 }, (_, seed) =>
        mauve(p, q, { buckets: golden.num_buckets_arg, scaling: Number(scaling), seed }),
      );
      const scores = runs.map((run) => run.mauve);
      const within = (value: number, [low, high]: Band): void => {
        expect(value).toBeGreaterThanOrEqual(low - 1e-9);
        expect(value).toBeLessThanOrEqual(high + 1e-9);
      };
      expect(runs[0]).toMatchObject({ buckets: golden.num_buckets, components: golden['pca_dims_kept_at_0.9'] });
      within(scores[0], bands.accept_single_run_random_init);
      within(scores.reduce((a, b) => a + b, 0) / 10, bands.accept_mean_of_10_random_init);
    }
  });

  it.each(cases)('has its cumulative variance: $name', (golden) => {
    const [p, q] = [goldenMatrix(golden.p_npy), goldenMatrix(golden.q_npy)];
    const { components } = mauve(p, q, { restarts: 1, maxIterations: 1 });
    expect(components).toBe(golden['pca_dims_kept_at_0.9']);
  });
});

describe('principalComponents', () => {
  it('keeps distances when it keeps everything, and the fewest columns that hold the share', () => {
    const set = gaussianRows(40, 5, 3);
    const { rows, shares } = principalComponents(set, 1);
    const distance = (m: { data: ArrayLike<number>; cols: number }): number => {
      let sum = 0;
      for (let j = 0; j < m.cols; j++) sum += (m.data[j] - m.data[m.cols + j]) ** 2;
      return Math.sqrt(sum);
    };
    expect(distance(rows)).toBeCloseTo(distance(set), 5);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(principalComponents(set, shares[0] + shares[1] - 1e-9).rows.cols).toBe(2);
  });
});

describe('mauve', () => {
  it('lies in [0, 1], and is the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 2, max: 8 }), (seed, buckets) => {
        const [x, y] = [gaussianRows(30, 4, seed), shifted(gaussianRows(25, 4, seed + 1), 0.5)];
        const result = mauve(x, y, { buckets, seed });
        expect(result.mauve).toBeGreaterThanOrEqual(0);
        expect(result.mauve).toBeLessThanOrEqual(1);
        expect(mauve(x, y, { buckets, seed }).mauve).toBe(result.mauve);
        expect(result.syntheticCounts.reduce((a, b) => a + b)).toBe(30);
      }),
      { numRuns: 25 },
    );
  });

  it('is 1 on identical sets, and when all rows are equal', () => {
    const x = gaussianRows(60, 4, 1);
    expect(mauve(x, x, { buckets: 6 }).mauve).toBeCloseTo(1, 9);
    const same = matrixOf([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(mauve(same, same).mauve).toBeCloseTo(1, 12);
  });

  it('is near its floor for far sets: 0.5 at scaling 1', () => {
    const x = gaussianRows(60, 3, 1);
    const far = { ...x, data: x.data.map((value, i) => (i % 3 === 0 ? value - 50 : value)) };
    const near = { ...x, data: x.data.map((value, i) => (i % 3 === 0 ? value + 50 : value)) };
    expect(mauve(far, near, { buckets: 2, scaling: 1 }).mauve).toBeCloseTo(0.5, 9);
  });

  it('reports progress, the scores of its runs and their spread', () => {
    const [x, y] = [gaussianRows(40, 4, 1), gaussianRows(40, 4, 2)];
    const shares = [...mauveSteps(x, y, { restarts: 2 })];
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    const { runScores, runSpread } = mauve(x, y, { restarts: 4 });
    expect(runScores).toHaveLength(4);
    expect(runSpread).toBeGreaterThanOrEqual(0);
    expect(mauveSeedSpread(x, y, { seeds: 3, restarts: 1 }).scores).toHaveLength(3);
  });

  it('refuses too many buckets, zero rows and settings out of range', () => {
    const x = gaussianRows(10, 3, 1);
    expect(() => mauve(x, x, { buckets: 21 })).toThrow(/buckets must be at most the 20 rows/);
    expect(() => mauve(x, x, { buckets: 2.5 })).toThrow(/buckets/);
    expect(() => mauve(x, x, { scaling: 0 })).toThrow(/scaling/);
    expect(() => mauve(x, x, { pcaShare: 1.1 })).toThrow(/pcaShare/);
    expect(() => mauve(x, x, { restarts: 0 })).toThrow(/restarts/);
    expect(() => mauve(matrixOf([[0, 0, 0]]), x)).toThrow(/synthetic.*row 0/);
  });
});
