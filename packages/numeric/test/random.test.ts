import { describe, expect, it } from '@jest/globals';
import { normal, randomFor } from '../src/index.js';

describe('randomFor', () => {
  it('repeats itself for the same seed, purpose and row', () => {
    const a = randomFor(7, 'simulate', 12);
    const b = randomFor(7, 'simulate', 12);
    expect([a(), a(), a()]).toEqual([b(), b(), b()]);
  });

  it('gives other streams for another seed, purpose or row', () => {
    const first = [
      randomFor(7, 'simulate', 12)(),
      randomFor(8, 'simulate', 12)(),
      randomFor(7, 'bootstrap', 12)(),
      randomFor(7, 'simulate', 13)(),
      randomFor(7 + 2 ** 40, 'simulate', 12)(),
    ];
    expect(new Set(first).size).toBe(5);
  });

  it('has the mean and variance of the uniform distribution, across rows as within one', () => {
    for (const numbers of [
      Array.from({ length: 20000 }, (_, row) => randomFor(1, 'test', row)()),
      Array.from({ length: 20000 }, randomFor(1, 'test', 0)),
    ]) {
      const mean = numbers.reduce((a, b) => a + b) / numbers.length;
      const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / numbers.length;
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
      expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.003);
    }
  });
});

describe('normal', () => {
  it('has mean 0, variance 1 and the tails of the normal distribution', () => {
    const random = randomFor(2, 'normal', 0);
    const numbers = Array.from({ length: 50000 }, () => normal(random));
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    const variance = numbers.reduce((a, b) => a + b * b, 0) / numbers.length;
    const beyondTwo = numbers.filter((x) => Math.abs(x) > 2).length / numbers.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(0.005);
    expect(numbers.every(Number.isFinite)).toBe(true);
  });
});
