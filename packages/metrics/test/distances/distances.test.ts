import { describe, expect, it } from '@jest/globals';
import { type Matrix, matrixOf, takeRows } from '@mixture-of-personas/numeric';
import fc from 'fast-check';

import { manifold } from '../../src/neighbors/manifold.js';
import { energyDistance } from '../../src/distances/energy.js';
import { frechetInfinity } from '../../src/distances/frechet-infinity.js';
import { frechetDistance, frechetDistanceOfMoments } from '../../src/distances/frechet.js';
import { kid } from '../../src/distances/kid.js';
import { mmd } from '../../src/distances/mmd.js';
import { nearestNeighborTest } from '../../src/neighbors/c2st.js';
import { vendi } from '../../src/diversity/vendi.js';
import { gaussianRows, rotated, shifted, shuffled } from '../sets.js';

type Distance = (a: Matrix, b: Matrix) => number;
const distances: [string, Distance][] = [
  ['frechetDistance', (a, b) => frechetDistance(a, b)],
  ['frechetDistance of unit rows', (a, b) => frechetDistance(a, b, { normalize: true })],
  ['kid, biased', (a, b) => kid(a, b, { biased: true })],
  ['mmd, biased', (a, b) => mmd(a, b, { biased: true })],
  ['energyDistance, biased', (a, b) => energyDistance(a, b, { biased: true })],
];
const sizes = fc.record({
  n: fc.integer({ min: 8, max: 40 }),
  m: fc.integer({ min: 8, max: 40 }),
  d: fc.integer({ min: 1, max: 12 }),
  seed: fc.nat(10_000),
});

describe.each(distances)('%s', (_, distance) => {
  it('is symmetric, not negative, and the same after a rotation and in any order of rows', () => {
    fc.assert(
      fc.property(sizes, ({ n, m, d, seed }) => {
        const x = gaussianRows(n, d, seed);
        const y = shifted(gaussianRows(m, d, seed + 1), 0.3);
        const value = distance(x, y);
        expect(value).toBeGreaterThanOrEqual(-1e-12);
        expect(distance(y, x)).toBeCloseTo(value, 9);
        expect(distance(shuffled(x, seed), shuffled(y, seed))).toBeCloseTo(value, 9);
        expect(distance(rotated(x, seed), rotated(y, seed))).toBeCloseTo(value, 7);
      }),
      { numRuns: 40 },
    );
  });

  it('is 0 on identical sets', () => {
    fc.assert(
      fc.property(sizes, ({ n, d, seed }) => {
        const x = gaussianRows(n, d, seed);
        expect(distance(x, shuffled(x, seed))).toBeCloseTo(0, 9);
      }),
      { numRuns: 40 },
    );
  });
});

describe.each([distances[0], distances[4]])('%s of a shifted set', (_, distance) => {
  it('grows with the shift', () => {
    fc.assert(
      fc.property(sizes, ({ n, d, seed }) => {
        const x = gaussianRows(n, d, seed);
        const values = [0, 0.5, 1, 2].map((step) => distance(shifted(x, step), x));
        expect(values).toEqual(values.toSorted((a, b) => a - b));
        expect(values[3]).toBeGreaterThan(values[0]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('k-NN figures and the 1-NN test', () => {
  it('do not depend on rotation or order, and lie in their ranges', () => {
    fc.assert(
      fc.property(sizes, ({ n, m, d, seed }) => {
        const x = gaussianRows(n, d, seed);
        const y = gaussianRows(m, d, seed + 1);
        const four = manifold(x, y, { neighbors: 3 });
        for (const share of [four.precision, four.recall, four.coverage]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        const turned = manifold(rotated(x, seed), shuffled(rotated(y, seed), seed), { neighbors: 3 });
        for (const name of ['precision', 'recall', 'density', 'coverage'] as const)
          expect(turned[name]).toBeCloseTo(four[name], 9);
        expect(nearestNeighborTest(shuffled(x, seed), y).accuracy).toBeCloseTo(nearestNeighborTest(x, y).accuracy, 9);
      }),
      { numRuns: 30 },
    );
  });

  it('swap precision and recall when the sets are swapped', () => {
    const [x, y] = [gaussianRows(60, 4, 1), shifted(gaussianRows(80, 4, 2), 0.4)];
    expect(manifold(x, y).precision).toBeCloseTo(manifold(y, x).recall, 12);
  });

  it('tell far sets apart wholly, and find each copy at its original', () => {
    const x = gaussianRows(30, 4, 1);
    expect(nearestNeighborTest(x, shifted(x, 100)).accuracy).toBe(1);
    expect(nearestNeighborTest(x, x).accuracy).toBe(0);
    expect(manifold(shifted(x, 100), x)).toMatchObject({ precision: 0, recall: 0, density: 0, coverage: 0 });
  });

  it('count balls of radius 0 where rows repeat', () => {
    const x = gaussianRows(10, 3, 5);
    const repeated = takeRows(x, [0, 0, 0, 0, 1, 2, 3, 4, 5, 6]);
    expect(manifold(repeated, x, { neighbors: 3 }).emptyBalls).toEqual([4, 0]);
  });

  it('agree in float32 and float64 away from ties', () => {
    const [x, y] = [gaussianRows(300, 16, 1), gaussianRows(300, 16, 2)];
    expect(manifold(x, y, { precision: 'float32' })).toMatchObject({ precision: manifold(x, y).precision });
    expect(Math.abs(kid(x, y, { precision: 'float32' }) - kid(x, y))).toBeLessThan(1e-6);
  });
});

describe('vendi', () => {
  it('counts orthogonal rows, and copies once', () => {
    expect(
      vendi(
        matrixOf([
          [1, 0, 0],
          [0, 2, 0],
          [0, 0, 3],
        ]),
      ).q1,
    ).toBeCloseTo(3, 12);
    const { q1, q2, qInfinity } = vendi(
      matrixOf([
        [1, 2],
        [2, 4],
        [3, 6],
      ]),
    );
    for (const score of [q1, q2, qInfinity]) expect(score).toBeCloseTo(1, 12);
  });
});

describe('refusals', () => {
  const good = gaussianRows(20, 3, 1);
  const all: [string, Distance][] = [
    ...distances,
    ['manifold', (a, b) => manifold(a, b).precision],
    ['nearestNeighborTest', (a, b) => nearestNeighborTest(a, b).accuracy],
    ['frechetInfinity', (a, b) => frechetInfinity(a, b).intercept],
  ];
  it.each(all)('name the row, the set or the widths: %s', (_, distance) => {
    const broken = { ...good, data: good.data.slice() };
    broken.data[3 * 7 + 1] = NaN;
    expect(() => distance(broken, good)).toThrow(/synthetic.*row 7, column 1/);
    expect(() => distance(good, broken)).toThrow(/golden.*row 7/);
    expect(() => distance(good, gaussianRows(20, 4, 1))).toThrow(/3 and 4 columns/);
    expect(() => distance(good, { data: new Float64Array(0), rows: 0, cols: 3 })).toThrow(/rows in golden/);
    expect(() => distance(takeRows(good, [0]), good)).toThrow(/rows in synthetic/);
    const huge = { ...good, data: good.data.map((value) => value * 1e200) };
    expect(() => distance(huge, good)).toThrow(/synthetic.*row 0/);
  });

  it('name the row whose cube would overflow in KID', () => {
    const long = { ...good, data: good.data.map((value, at) => value * (at < 30 ? 1 : 1e60)) };
    expect(() => kid(good, long)).toThrow(/kid.*golden.*row 10/);
  });

  it('name settings out of range', () => {
    expect(() => manifold(good, good, { neighbors: 20 })).toThrow(/neighbors must be below.*20/);
    expect(() => manifold(good, good, { neighbors: 0 })).toThrow(/neighbors/);
    expect(() => mmd(good, good, { bandwidth: -1 })).toThrow(/bandwidth/);
    expect(() => frechetInfinity(good, good, { sizes: 1 })).toThrow(/sizes/);
    expect(() => frechetInfinity(good, good, { sizes: 40 })).toThrow(/sizes/);
    expect(() =>
      frechetDistance(
        matrixOf([
          [0, 0],
          [1, 1],
        ]),
        matrixOf([
          [1, 0],
          [1, 1],
        ]),
        { normalize: true },
      ),
    ).toThrow(/synthetic.*row 0/);
    expect(() => frechetDistanceOfMoments({ mean: [0], covariance: good }, { mean: [0], covariance: good })).toThrow(
      /1 × 1 covariance/,
    );
  });

  it('do not meet sets whose rows are all equal: distances are 0', () => {
    const same = matrixOf([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    for (const [, distance] of distances) expect(distance(same, same)).toBeCloseTo(0, 12);
  });
});
