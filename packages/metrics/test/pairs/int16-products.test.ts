import { describe, expect, it } from '@jest/globals';
import { type Matrix, takeRows, toFloat32 } from '@mixture-of-personas/numeric';
import fc from 'fast-check';

import { cosineHistogram } from '../../src/histograms/cosine-kl.js';
import { manifold } from '../../src/neighbors/manifold.js';
import { kid } from '../../src/distances/kid.js';
import { nearestNeighborTest } from '../../src/neighbors/c2st.js';
import { gaussianRows, shifted } from '../sets.js';

// Sizes on both sides of a block (256 rows), odd widths, and what rounding could spoil: copies, a set far from the origin, one much smaller than the other.
const pairs = fc.record({
  n: fc.integer({ min: 8, max: 300 }),
  m: fc.integer({ min: 8, max: 300 }),
  d: fc.integer({ min: 2, max: 40 }),
  seed: fc.nat(1000),
  offset: fc.constantFrom(0, 0.5, 10),
  size: fc.constantFrom(1, 0.01, 1e6),
  copies: fc.boolean(),
});

interface Given {
  readonly n: number;
  readonly m: number;
  readonly d: number;
  readonly seed: number;
  readonly offset: number;
  readonly size: number;
  readonly copies: boolean;
}

function setsOf({ n, m, d, seed, offset, size, copies }: Given): [Matrix, Matrix] {
  const y = shifted(gaussianRows(m, d, seed), offset);
  const x = gaussianRows(n, d, seed + 1);
  const sized = shifted({ ...x, data: x.data.map((value) => value * size) }, offset);
  const rows = Int32Array.from({ length: n }, (_, i) => (copies ? i % 7 : i));
  return [toFloat32(takeRows(sized, rows)), toFloat32(y)];
}

describe.each([1, 3])('16-bit products on %i threads', (threads) => {
  const [exactly, quickly] = [{ precision: 'float64' } as const, { precision: 'float32', threads } as const];

  it('find the neighbors that float64 finds', () => {
    fc.assert(
      fc.property(pairs, (given) => {
        const [x, y] = setsOf(given);
        const [slow, fast] = [exactly, quickly].map((options) => manifold(x, y, { ...options, neighbors: 3 }));
        expect(fast).toEqual(slow);
        expect(nearestNeighborTest(x, y, quickly)).toEqual(nearestNeighborTest(x, y, exactly));
      }),
      { numRuns: 25 },
    );
  });

  it('count the cosines that float64 counts', () => {
    fc.assert(
      fc.property(pairs, (given) => {
        const [x] = setsOf(given);
        expect(cosineHistogram(x, { ...quickly, bins: 31 })).toEqual(cosineHistogram(x, { ...exactly, bins: 31 }));
      }),
      { numRuns: 15 },
    );
  });

  it.each([false, true])('give the KID of float64, biased %s', (biased) => {
    const [x, y] = [gaussianRows(700, 33, 1), shifted(gaussianRows(600, 33, 2), 0.1)];
    const slow = kid(x, y, { ...exactly, biased });
    expect(Math.abs(kid(x, y, { ...quickly, biased }) - slow)).toBeLessThan(1e-6 * slow);
  });
});

describe('16-bit products', () => {
  it('give the same bits on any number of threads', () => {
    const [x, y] = [gaussianRows(900, 20, 1), gaussianRows(1000, 20, 2)];
    const figures = [1, 2, 5].map((threads) => kid(x, y, { precision: 'float32', threads }));
    expect(figures[1]).toBe(figures[0]);
    expect(figures[2]).toBe(figures[0]);
  });

  it('leave rows too long for float32 to float64', () => {
    const long = gaussianRows(20, 4, 1);
    const x = { ...long, data: long.data.map((value) => value * 1e20) };
    expect(kid(x, long, { precision: 'float32' })).toBe(kid(x, long, { precision: 'float64' }));
  });

  it('refuse a number of threads that is none', () => {
    const x = gaussianRows(20, 4, 1);
    for (const threads of [0, 1.5, 1000]) {
      expect(() => kid(x, x, { threads })).toThrow(/kid.*threads.*from 1 to 256/);
      expect(() => manifold(x, x, { threads })).toThrow(/manifold.*threads/);
      expect(() => cosineHistogram(x, { threads })).toThrow(/cosineHistogram.*threads/);
      expect(() => nearestNeighborTest(x, x, { threads })).toThrow(/nearestNeighborTest.*threads/);
    }
  });
});
