import { describe, expect, it } from '@jest/globals';
import { type Matrix, matrixOf } from '@mixture-of-personas/numeric';
import fc from 'fast-check';

import { cosineHistogram, cosineHistogramKl, cosineHistogramSteps } from '../../src/histograms/cosine-kl.js';
import { histogramKl } from '../../src/histograms/histogram-kl.js';
import { describeGolden, goldenJson, goldenMatrix } from '../golden.js';
import { gaussianRows, rotated, shuffled } from '../sets.js';

interface ByBins {
  readonly 'kl_eps1e-10': number;
  readonly 'kl_eps1e-6': number;
  readonly 'kl_kt0.5': number;
  readonly counts_p?: number[];
  readonly counts_q?: number[];
}
interface Case {
  readonly name: string;
  readonly by_bins: Record<string, ByBins>;
  readonly tol_abs: number;
  readonly p?: number[][];
  readonly q?: number[][];
  readonly p_npy: string;
  readonly q_npy: string;
}

describeGolden('cosineHistogramKl, against the reference', () => {
  const { cases } = goldenJson<{ cases: Case[] }>('cosine_kl.json');
  const rows = cases.flatMap((golden) =>
    Object.entries(golden.by_bins).map(([bins, expected]) => ({ ...golden, bins: Number(bins), expected })),
  );
  const setsOf = (golden: Case): [Matrix, Matrix] =>
    golden.p && golden.q
      ? [matrixOf(golden.p), matrixOf(golden.q)]
      : [goldenMatrix(golden.p_npy), goldenMatrix(golden.q_npy)];

  it.each(rows)('has the same counts and divergence in float64: $name, $bins bins', (golden) => {
    const { bins, expected, tol_abs: tolerance } = golden;
    const [p, q] = setsOf(golden);
    if (expected.counts_p) expect(Array.from(cosineHistogram(p, { bins }))).toEqual(expected.counts_p);
    if (expected.counts_q) expect(Array.from(cosineHistogram(q, { bins }))).toEqual(expected.counts_q);
    const at = (epsilon: number): number => cosineHistogramKl(p, q, { bins, epsilon });
    expect(Math.abs(at(1e-10) - expected['kl_eps1e-10'])).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(at(1e-6) - expected['kl_eps1e-6'])).toBeLessThanOrEqual(tolerance);
    const halfCounts = histogramKl(
      cosineHistogram(p, { bins }).map((count) => count + 0.5),
      cosineHistogram(q, { bins }).map((count) => count + 0.5),
      Number.MIN_VALUE,
    );
    expect(Math.abs(halfCounts - expected['kl_kt0.5'])).toBeLessThanOrEqual(tolerance);
  });

  it.each(rows.filter(({ p }) => !p))('is the same by way of 16-bit products: $name, $bins bins', (golden) => {
    const [p, q] = setsOf(golden);
    const got = cosineHistogramKl(p, q, { bins: golden.bins, precision: 'float32' });
    expect(Math.abs(got - golden.expected['kl_eps1e-10'])).toBeLessThanOrEqual(golden.tol_abs);
  });
});

describe('cosineHistogramKl', () => {
  it('is 0 for the same rows in any order, and does not change when both sets are rotated', () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const x = gaussianRows(20, 5, seed);
        const y = gaussianRows(25, 5, seed + 1);
        expect(cosineHistogramKl(x, shuffled(x, seed))).toBe(0);
        const turned = cosineHistogramKl(rotated(x, seed), rotated(y, seed), { bins: 7 });
        expect(turned).toBeCloseTo(cosineHistogramKl(x, y, { bins: 7 }), 9);
      }),
      { numRuns: 30 },
    );
  });

  it('counts every pair once across tile borders, and reports growing progress up to 1', () => {
    const set = gaussianRows(1100, 3, 4);
    const steps = [...cosineHistogramSteps(set)];
    expect(steps.length).toBe(6); // 3 row blocks of 512
    expect([...cosineHistogramSteps(set, { precision: 'float32' })]).toHaveLength(15); // 5 of 256
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps.at(-1)).toBe(1);
    expect(cosineHistogram(set).reduce((a, b) => a + b)).toBe((1100 * 1099) / 2);
  });

  it('has the same counts by 16-bit products for any size, width and number of bins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.integer({ min: 1, max: 21 }),
        fc.integer({ min: 1, max: 130 }),
        (n, d, bins) => {
          const set = gaussianRows(n, d, n + bins);
          const exact = cosineHistogram(set, { bins, precision: 'float64' });
          expect(cosineHistogram(set, { bins, precision: 'float32' })).toEqual(exact);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is 0 when all rows of both sets are equal', () => {
    const same = matrixOf([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(cosineHistogramKl(same, same)).toBe(0);
  });

  it('refuses a zero row, NaN, one row and bad settings, naming them', () => {
    const good = matrixOf([
      [1, 0],
      [0, 1],
    ]);
    expect(() =>
      cosineHistogramKl(
        matrixOf([
          [1, 0],
          [0, 0],
        ]),
        good,
      ),
    ).toThrow(/synthetic.*row 1/);
    expect(() =>
      cosineHistogramKl(
        good,
        matrixOf([
          [1, 0],
          [NaN, 0],
        ]),
      ),
    ).toThrow(/golden.*row 1/);
    expect(() => cosineHistogramKl(good, matrixOf([[1, 0]]))).toThrow(/2 rows in golden/);
    expect(() => cosineHistogramKl(good, matrixOf([[1], [1]]))).toThrow(/2 and 1 columns/);
    expect(() => cosineHistogramKl(good, good, { bins: 0 })).toThrow(/bins/);
    expect(() => cosineHistogramKl(good, good, { epsilon: 0 })).toThrow(/epsilon/);
  });
});
