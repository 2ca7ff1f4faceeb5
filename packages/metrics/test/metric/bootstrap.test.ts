import { describe, expect, it } from '@jest/globals';

import { intervalOf, normalQuantile, quantile, standardDeviation } from '../../src/metric/bootstrap.js';
import { frechetDistance, frechetResampler } from '../../src/distances/frechet.js';
import { describeGolden, goldenJson, goldenMatrix } from '../golden.js';

interface Case {
  readonly name: string;
  readonly p_npy: string;
  readonly q_npy: string;
  readonly fid_point: number;
  readonly bootstrap_mean: number;
  readonly bootstrap_sd: number;
}

describeGolden('the bootstrap of the Fréchet distance, against the reference', () => {
  it.each(goldenJson<{ cases: Case[] }>('bootstrap.json').cases)('has its mean and spread: case $name', (golden) => {
    const [p, q] = [goldenMatrix(golden.p_npy), goldenMatrix(golden.q_npy)];
    const resamples = 300;
    const samples = Array.from({ length: resamples }, (_, i) => frechetResampler(p, q, { seed: 3 })(i));
    const mean = samples.reduce((a, b) => a + b, 0) / resamples;
    const near = (4 * Math.SQRT2 * golden.bootstrap_sd) / Math.sqrt(resamples);
    expect(Math.abs(mean - golden.bootstrap_mean)).toBeLessThan(near);
    expect(Math.abs(standardDeviation(samples) / golden.bootstrap_sd - 1)).toBeLessThan(0.15);
    // The percentile interval of case c misses its own point; the basic one is on the other side of it, around the truth (0).
    const point = frechetDistance(p, q);
    expect(point).toBeCloseTo(golden.fid_point, 9);
    const [low, high] = intervalOf(point, samples, 0.95, 'basic');
    expect(low).toBeLessThan(golden.name === 'c' ? 0 : point);
    expect(high).toBeGreaterThan(golden.name === 'c' ? 0 : point);
  });
});

describe('intervalOf', () => {
  const samples = [1, 2, 3, 4, 5];
  it('mirrors the percentiles about the point when basic', () => {
    expect(intervalOf(3, samples, 0.5, 'percentile')).toEqual([2, 4]);
    expect(intervalOf(2, samples, 0.5, 'basic')).toEqual([0, 2]);
  });
  it('reaches z standard deviations when normal', () => {
    const [low, high] = intervalOf(10, samples, 0.95, 'normal');
    expect(high - 10).toBeCloseTo(1.959963984540054 * Math.sqrt(2.5), 10);
    expect(low).toBeCloseTo(20 - high, 10);
  });
  it('interpolates quantiles, and knows the normal ones', () => {
    expect(quantile(Float64Array.of(0, 10), 0.25)).toBe(2.5);
    expect(normalQuantile(0.995)).toBeCloseTo(2.5758293035489, 10);
    expect(normalQuantile(0.5)).toBe(0);
  });
});
