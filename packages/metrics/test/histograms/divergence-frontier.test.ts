import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { mauveOfHistograms, type CurvePoint } from '../../src/histograms/divergence-frontier.js';
import { describeGolden, goldenJson } from '../golden.js';

interface Expected {
  readonly mauve: number;
  readonly frontier_integral: number;
  readonly curve?: CurvePoint[];
  readonly mauve_star: number;
  readonly frontier_integral_star: number;
  readonly curve_star?: CurvePoint[];
}
interface Case {
  readonly name: string;
  readonly counts_p: number[];
  readonly counts_q: number[];
  readonly divergence_curve_discretization_size: number;
  readonly by_scaling: Record<string, Expected>;
  readonly tol_abs: number;
}

describeGolden('mauveOfHistograms, against the reference', () => {
  const { cases } = goldenJson<{ cases: Case[] }>('mauve_hist.json');
  const rows = cases.flatMap((golden) =>
    Object.entries(golden.by_scaling).map(([scaling, expected]) => ({ ...golden, scaling: Number(scaling), expected })),
  );
  it.each(rows)('agrees: $name at scaling $scaling', (golden) => {
    const { expected, tol_abs: tolerance } = golden;
    const points = golden.divergence_curve_discretization_size;
    const got = mauveOfHistograms(golden.counts_p, golden.counts_q, { scaling: golden.scaling, points });
    const within = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance);
    within(got.mauve, expected.mauve);
    within(got.mauveStar, expected.mauve_star);
    within(got.frontierIntegral, expected.frontier_integral);
    within(got.frontierIntegralStar, expected.frontier_integral_star);
    expected.curve?.forEach((point, i) => point.forEach((value, axis) => within(got.curve[i][axis], value)));
    expected.curve_star?.forEach((point, i) => point.forEach((value, axis) => within(got.curveStar[i][axis], value)));
    expect(got.curve).toHaveLength(points + 2);
  });
});

describe('mauveOfHistograms', () => {
  const pair = fc
    .array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 30 })
    .map((both) => [both.map(([p]) => p), both.map(([, q]) => q)])
    .filter(([p, q]) => p.some((count) => count > 0) && q.some((count) => count > 0));
  const scaling = fc.double({ min: 0.1, max: 10, noNaN: true });

  it('lies in [0, 1], is symmetric and does not depend on the order of the buckets', () => {
    fc.assert(
      fc.property(pair, scaling, ([p, q], c) => {
        const { mauve, mauveStar, frontierIntegral } = mauveOfHistograms(p, q, { scaling: c });
        for (const value of [mauve, mauveStar, frontierIntegral]) {
          expect(value).toBeGreaterThanOrEqual(-1e-12);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(mauveOfHistograms(q, p, { scaling: c }).mauve).toBeCloseTo(mauve, 9);
        expect(mauveOfHistograms(p.toReversed(), q.toReversed(), { scaling: c }).mauve).toBeCloseTo(mauve, 9);
      }),
    );
  });

  it('is 1 for equal histograms, whatever their size, and their frontier integral is 0', () => {
    fc.assert(
      fc.property(pair, ([p]) => {
        const { mauve, frontierIntegral } = mauveOfHistograms(
          p,
          p.map((count) => 3 * count),
        );
        expect(mauve).toBeCloseTo(1, 9);
        expect(frontierIntegral).toBeCloseTo(0, 9);
      }),
    );
  });

  it('refuses what is not a pair of histograms, naming it', () => {
    expect(() => mauveOfHistograms([1, -1], [1, 1])).toThrow(/syntheticCounts.*-1 at 1/);
    expect(() => mauveOfHistograms([1, 1], [0, 0])).toThrow(/goldenCounts/);
    expect(() => mauveOfHistograms([1, 1], [1])).toThrow(/2 and 1/);
    expect(() => mauveOfHistograms([1, NaN], [1, 1])).toThrow(/NaN at 1/);
    expect(() => mauveOfHistograms([1], [1], { scaling: 0 })).toThrow(/scaling/);
    expect(() => mauveOfHistograms([1], [1], { points: 1.5 })).toThrow(/points/);
  });
});
