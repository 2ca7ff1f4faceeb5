import { describe, expect, it } from '@jest/globals';
import { type Matrix, multiplyByTranspose, toFloat32, zeros } from '../../src/index.js';
import fc from 'fast-check';

import { triangularFactor } from '../../src/linalg/cholesky.js';
import { tridiagonalizeFast } from '../../src/linalg/dense-kernel.js';
import { gramOf, quickScatterOf, scatterOf } from '../../src/linalg/gram.js';
import { centered } from '../../src/linalg/centered.js';
import { transposed } from '../../src/matrix.js';
import { tridiagonalizeByLoops } from '../../src/linalg/tridiagonal.js';
import { gaussianRows, shifted } from '../sets.js';

const largestGap = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
};
const plainGram = (x: Matrix<Float64Array>): Matrix<Float64Array> => multiplyByTranspose(transposed(x), transposed(x));
const shape = fc.record({
  n: fc.integer({ min: 1, max: 300 }),
  d: fc.integer({ min: 1, max: 37 }),
  seed: fc.nat(1000),
});

describe('scatterOf and gramOf', () => {
  it('are the products of the centered rows, for any size and either precision', () => {
    fc.assert(
      fc.property(shape, ({ n, d, seed }) => {
        const x = gaussianRows(n, d, seed);
        expect(largestGap(gramOf(x).data, plainGram(x).data)).toBeLessThan(1e-11 * n);
        for (const set of [x, toFloat32(x)]) {
          const { mean, rows } = centered(set);
          const got = scatterOf(set);
          expect(largestGap(got.mean, mean)).toBeLessThan(1e-13);
          expect(largestGap(got.scatter.data, plainGram(rows).data)).toBeLessThan(1e-11 * n);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('lose nothing to an offset of a million', () => {
    const x = gaussianRows(500, 8, 1);
    const near = scatterOf(x).scatter.data;
    // Moving by 2²⁰ rounds the entries themselves at 1e-10; the scatter of what is left of them must be as near.
    expect(largestGap(scatterOf(shifted(x, 2 ** 20)).scatter.data, near)).toBeLessThan(1e-6);
  });

  it('count a row as often as its weight says', () => {
    fc.assert(
      fc.property(shape, ({ n, d, seed }) => {
        const x = gaussianRows(n, d, seed);
        const weights = Int32Array.from({ length: n }, (_, i) => ((i * 7 + seed) % 3) + (i === 0 ? 1 : 0));
        const copies = Array.from(weights).flatMap((count, i) =>
          Array.from({ length: count }, () => Array.from(x.data.subarray(i * d, (i + 1) * d))),
        );
        const repeated = { data: Float64Array.from(copies.flat()), rows: copies.length, cols: d };
        const [weighted, plain] = [scatterOf(x, weights), scatterOf(repeated)];
        expect(largestGap(weighted.mean, plain.mean)).toBeLessThan(1e-12);
        expect(largestGap(weighted.scatter.data, plain.scatter.data)).toBeLessThan(1e-10 * n);
      }),
      { numRuns: 30 },
    );
  });
});

describe('quickScatterOf', () => {
  it('is as near to float64 as rounding of products leaves it, its diagonal and mean nearer, for any size and weights', () => {
    fc.assert(
      fc.property(shape, fc.boolean(), ({ n, d, seed }, weighted) => {
        const x = toFloat32(gaussianRows(n, d, seed));
        const weights = weighted ? Int32Array.from({ length: n }, (_, i) => (i * 5 + seed) % 3) : undefined;
        if (weights) weights[0] = 1;
        const [quick, exact] = [quickScatterOf(x, weights)!, scatterOf(x, weights)];
        expect(largestGap(quick.mean, exact.mean)).toBeLessThan(1e-13);
        for (let i = 0; i < d; i++) {
          const [si, own] = [exact.scatter.data[i * d + i], quick.scatter.data[i * d + i]];
          expect(Math.abs(own - si)).toBeLessThanOrEqual(1e-12 * n);
          for (let j = 0; j < d; j++) {
            const spread = Math.sqrt(si * exact.scatter.data[j * d + j]);
            expect(Math.abs(quick.scatter.data[i * d + j] - exact.scatter.data[i * d + j])).toBeLessThanOrEqual(
              4e-7 * spread + 1e-12 * n,
            );
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('loses no more to an offset of a million than the offset itself rounds off', () => {
    const near = toFloat32(shifted(gaussianRows(500, 8, 1), 2 ** 20));
    expect(largestGap(quickScatterOf(near)!.scatter.data, scatterOf(near).scatter.data)).toBeLessThan(1e-4);
  });
});

describe('triangularFactor', () => {
  it.each([24, 25, 60])('gives back the matrix it factors, at %i columns', (d) => {
    for (const [n, tolerance] of [
      [2 * d, 1e-11],
      [d - 5, 1e-8],
    ]) {
      const gram = gramOf(gaussianRows(n, d, d));
      const factor = triangularFactor(gram);
      expect(largestGap(plainGram(factor).data, gram.data)).toBeLessThan(tolerance * n);
    }
  });
  it('factors zero', () => {
    expect(largestGap(triangularFactor(zeros(30, 30)).data, new Float64Array(900))).toBe(0);
  });
});

describe('tridiagonalizeFast', () => {
  it.each([24, 25, 61])('does what the plain loops do, at %i columns', (n) => {
    const gram = gramOf(gaussianRows(2 * n, n, n));
    const [fastReflectors, plainReflectors] = [zeros(n, n), zeros(n, n)];
    const fast = tridiagonalizeFast(gram, fastReflectors)!;
    const plain = tridiagonalizeByLoops(gram, plainReflectors);
    expect(largestGap(fast.diagonal, plain.diagonal)).toBeLessThan(1e-11 * n);
    expect(largestGap(fast.off, plain.off)).toBeLessThan(1e-11 * n);
    expect(largestGap(fastReflectors.data, plainReflectors.data)).toBeLessThan(1e-9);
  });
});
