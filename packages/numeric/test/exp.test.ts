import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expInPlace } from '../src/index.js';

/** exp of one number by the vector path, which lists of 32 and more take. */
function expOf(x: number, shift = 0): number {
  const values = new Float64Array(33).fill(x);
  expInPlace(values, shift);
  expect(new Set(values).size).toBe(1);
  return values[32];
}

describe('expInPlace', () => {
  it('agrees with Math.exp to 4e-16 from the smallest normal number to the largest', () => {
    const n = 200_001;
    const values = Float64Array.from({ length: n }, (_, i) => -708.39 + (i / (n - 1)) * (709.78 + 708.39));
    const expected = values.map(Math.exp);
    expInPlace(values);
    let worst = 0;
    for (let i = 0; i < n; i++) worst = Math.max(worst, Math.abs(values[i] / expected[i] - 1));
    expect(worst).toBeLessThan(4e-16);
  });

  it('agrees with Math.exp for numbers of any size', () => {
    fc.assert(
      fc.property(fc.double({ min: -708.39, max: 720, noNaN: true }), (x) => {
        const expected = Math.exp(x);
        const got = expOf(x);
        if (expected === Infinity) expect(got).toBe(Infinity);
        else expect(Math.abs(got / expected - 1)).toBeLessThan(4e-16);
      }),
    );
  });

  it.each([
    [0, 1],
    [-0, 1],
    [Infinity, Infinity],
    [-Infinity, 0],
    [1e308, Infinity],
    [-1e308, 0],
    [709.79, Infinity],
    [-708.4, 0],
    [NaN, NaN],
  ])('of %d is %d', (x, expected) => {
    expect(expOf(x)).toBe(expected);
  });

  it('subtracts the shift first', () => {
    expect(expOf(1000, 1000)).toBe(1);
    expect(expOf(999, 1000)).toBe(Math.exp(-1));
  });

  it.each([0, 1, 31, 32, 33, 2047, 2048, 2049, 5001])('does every one of %d numbers, short lists as long ones', (n) => {
    const values = Float64Array.from({ length: n }, (_, i) => -i / 100);
    const expected = values.map(Math.exp);
    expInPlace(values);
    for (let i = 0; i < n; i++) expect(Math.abs(values[i] / expected[i] - 1)).toBeLessThan(4e-16);
  });
});
