import { describe, expect, it } from '@jest/globals';
import { takeRows, type Matrix } from '@mixture-of-personas/numeric';
import { matrix, multiply, sqrtm, trace } from 'mathjs';

import { correctedFrechet } from '../../src/distances/corrected-frechet.js';
import { frechetDistance } from '../../src/distances/frechet.js';
import { gaussianRows, shifted } from '../sets.js';

const means = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Mean and covariance by the book. */
function momentsOf({ data, rows, cols }: Matrix): { mean: number[]; covariance: number[][] } {
  const column = (j: number): number[] => Array.from({ length: rows }, (_, i) => data[i * cols + j]);
  const mean = Array.from({ length: cols }, (_, j) => means(column(j)));
  const covariance = mean.map((a, j) =>
    mean.map((b, k) => column(j).reduce((sum, x, i) => sum + (x - a) * (column(k)[i] - b), 0) / (rows - 1)),
  );
  return { mean, covariance };
}

/** The Fréchet distance by a matrix square root of mathjs. */
function byMathjs(x: Matrix, y: Matrix): number {
  const [a, b] = [momentsOf(x), momentsOf(y)];
  const root = sqrtm(multiply(matrix(a.covariance), matrix(b.covariance)));
  const real = trace(root) as unknown as number | { re: number };
  const squared = a.mean.reduce((sum, value, j) => sum + (value - b.mean[j]) ** 2, 0);
  const traces = trace(matrix(a.covariance)) + trace(matrix(b.covariance));
  return squared + traces - 2 * (typeof real === 'number' ? real : real.re);
}

describe('frechetDistance', () => {
  it('is what mathjs makes of full-rank sets', () => {
    for (const [d, seed] of [
      [2, 1],
      [5, 2],
      [8, 3],
    ]) {
      const [x, y] = [gaussianRows(60, d, seed), shifted(gaussianRows(80, d, seed + 10), 0.3)];
      expect(frechetDistance(x, y)).toBeCloseTo(byMathjs(x, y), 8);
    }
  });
});

describe('correctedFrechet', () => {
  it('is 0 on average for equal distributions where the raw distance is mostly bias: 15 and 30 rows of 20 columns', () => {
    const found = Array.from({ length: 60 }, (_, i) =>
      correctedFrechet(gaussianRows(15, 20, 2 * i), gaussianRows(30, 20, 2 * i + 1), { seed: i }),
    );
    const values = found.map(({ value }) => value);
    const mean = means(values);
    const error = Math.sqrt(means(values.map((value) => (value - mean) ** 2)) / values.length);
    expect(Math.abs(mean)).toBeLessThan(3 * error);
    expect(means(found.map(({ raw }) => raw))).toBeGreaterThan(15 * error);
  });
  it('comes near the truth of a shift with many rows, and keeps the raw distance', () => {
    const [x, y] = [shifted(gaussianRows(2000, 4, 1), 0.5), gaussianRows(2000, 4, 2)];
    const { value, raw, shown } = correctedFrechet(x, y);
    expect(Math.abs(value - 1)).toBeLessThan(0.06);
    expect(raw).toBe(frechetDistance(x, y));
    expect(shown).toBeGreaterThan(0.99);
  });
  it('refuses what frechetDistance refuses, and no relabelings', () => {
    const x = gaussianRows(5, 2, 1);
    expect(() => correctedFrechet(x, gaussianRows(5, 3, 1))).toThrow(/2 and 3 columns/);
    expect(() => correctedFrechet(x, takeRows(x, [0]))).toThrow(/rows in golden/);
    expect(() => correctedFrechet(x, x, { relabelings: 0 })).toThrow(/relabelings/);
  });
});
