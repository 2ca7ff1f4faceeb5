import { describe, expect, it } from '@jest/globals';
import { normal, randomFor } from '@mixture-of-personas/numeric';

import { holm } from '../../src/compare/holm.js';
import { compareOverSeeds } from '../../src/compare/seed-comparison.js';
import { studentPValue } from '../../src/compare/student.js';

describe('studentPValue', () => {
  // Two-sided critical values from any table of the distribution.
  it.each([
    [1, 12.7062, 0.05],
    [4, 2.7764, 0.05],
    [9, 3.2498, 0.01],
    [30, 2.0423, 0.05],
  ])('is the tail of a table: %i degrees, t %f', (degrees, t, p) => {
    expect(studentPValue(t, degrees)).toBeCloseTo(p, 5);
    expect(studentPValue(-t, degrees)).toBeCloseTo(p, 5);
  });
  it('has the closed forms of one and two degrees', () => {
    expect(studentPValue(3, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(3), 12);
    expect(studentPValue(3, 2)).toBeCloseTo(1 - 3 / Math.sqrt(11), 12);
    expect(studentPValue(0, 5)).toBeCloseTo(1, 12);
    expect(studentPValue(Infinity, 5)).toBe(0);
  });
});

describe('holm', () => {
  it('steps down, keeps the order, and never falls', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((p, i) => expect(adjusted[i]).toBeCloseTo(p, 12));
  });
  it('stops at 1, leaves out what was not tested, and refuses what is no p-value', () => {
    expect([...holm([0.9, 0.8])]).toEqual([1, 1]);
    expect([...holm([Number.NaN, 0.04])]).toEqual([Number.NaN, 0.04]);
    expect(() => holm([1.2])).toThrow(/p-value must be from 0 to 1, got 1.2/);
  });
});

describe('compareOverSeeds', () => {
  const better = 'lower';
  it('says better only from five seeds on', () => {
    const clear = [-1, -1.1, -0.9, -1.05, -0.95];
    expect(compareOverSeeds([{ differences: clear, better }])[0].verdict).toBe('better');
    expect(compareOverSeeds([{ differences: clear, better: 'higher' }])[0].verdict).toBe('worse');
    expect(compareOverSeeds([{ differences: clear, better: 'target' }])[0].verdict).toBe('open');
    expect(compareOverSeeds([{ differences: clear.slice(0, 4), better }])[0].verdict).toBe('open');
  });
  it('has an infinite standard error for one seed', () => {
    expect(compareOverSeeds([{ differences: [-1], better }])[0]).toMatchObject({
      standardError: Infinity,
      verdict: 'open',
    });
  });
  it('is right about no difference in at least 94 of 100 tables', () => {
    let wrong = 0;
    for (let table = 0; table < 500; table++) {
      const random = randomFor(1, 'null-tables', table);
      const comparisons = Array.from({ length: 8 }, () => ({
        differences: Array.from({ length: 5 }, () => normal(random)),
        better: 'lower' as const,
      }));
      if (compareOverSeeds(comparisons).some(({ verdict }) => verdict !== 'open')) wrong++;
    }
    expect(wrong / 500).toBeLessThanOrEqual(0.06);
  });
});
