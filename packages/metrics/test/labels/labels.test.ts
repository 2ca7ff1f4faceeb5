import { describe, expect, it } from '@jest/globals';
import type { Matrix } from '@mixture-of-personas/numeric';

import { answerDistances } from '../../src/labels/answers.js';
import { downstreamF1, macroF1 } from '../../src/labels/f1.js';
import { subgroupCoverage } from '../../src/neighbors/subgroup.js';
import { gaussianRows } from '../sets.js';

/** Three groups around three far points, `each` rows a group. */
function threeGroups(each: number, seed: number): { embeddings: Matrix<Float64Array>; labels: string[] } {
  const embeddings = gaussianRows(3 * each, 4, seed);
  const labels = Array.from({ length: 3 * each }, (_, i) => ['news', 'sport', 'tech'][i % 3]);
  for (let i = 0; i < embeddings.rows; i++) embeddings.data[i * 4 + (i % 3)] += 6;
  return { embeddings, labels };
}

describe('downstreamF1', () => {
  it('is 1 where the groups are far apart, and 0 for a class that synthetic lacks', () => {
    const golden = threeGroups(20, 2);
    expect(downstreamF1(threeGroups(20, 1), golden)).toMatchObject({ macro: 1, micro: 1, accuracy: 1 });
    const all = threeGroups(20, 1);
    const kept = all.labels.flatMap((label, i) => (label === 'tech' ? [] : [i]));
    const partial = {
      embeddings: {
        data: Float64Array.from(kept.flatMap((i) => [...all.embeddings.data.subarray(4 * i, 4 * i + 4)])),
        rows: 40,
        cols: 4,
      },
      labels: kept.map((i) => all.labels[i]),
    };
    const { perClass, macro } = downstreamF1(partial, golden);
    expect(perClass.get('tech')).toBe(0);
    expect(macro).toBeLessThan(0.7);
  });

  it('averages F1 over the classes given', () => {
    expect(macroF1([0, 0, 1], [0, 1, 1], 3)).toBeCloseTo((2 / 3 + 2 / 3) / 2, 12);
  });

  it('refuses labels that do not match rows, and one kind of label', () => {
    const set = threeGroups(5, 1);
    expect(() => downstreamF1({ ...set, labels: ['a'] }, set)).toThrow(/15 labels in synthetic, got 1/);
    expect(() => downstreamF1({ ...set, labels: set.labels.map(() => 'a') }, set)).toThrow(/at least 2 kinds/);
  });
});

describe('subgroupCoverage', () => {
  it('reaches every group of the same distribution, and says which one is missing', () => {
    const golden = threeGroups(40, 3);
    const whole = subgroupCoverage(threeGroups(40, 4), golden);
    expect(whole.reached).toBe(1);
    expect(whole.totalVariation).toBeCloseTo(0, 12);
    expect(whole.worstRecall).toBeGreaterThan(0.7);
    for (const { tailFrechet } of whole.groups) expect(tailFrechet).toBeGreaterThan(0);

    const some = threeGroups(40, 4);
    const kept = some.labels.flatMap((label, i) => (label === 'sport' ? [] : [i]));
    const embeddings = {
      data: Float64Array.from(kept.flatMap((i) => [...some.embeddings.data.subarray(4 * i, 4 * i + 4)])),
      rows: 80,
      cols: 4,
    };
    const partial = subgroupCoverage({ embeddings, labels: kept.map((i) => some.labels[i]) }, golden);
    expect(partial.reached).toBeCloseTo(2 / 3, 12);
    expect(partial.groups.find(({ name }) => name === 'sport')).toMatchObject({
      syntheticRows: 0,
      recall: 0,
      tailFrechet: null,
    });
    expect(partial.totalVariation).toBeCloseTo(1 / 3, 12);
  });

  it('refuses groups that do not match rows', () => {
    const set = threeGroups(5, 1);
    expect(() => subgroupCoverage(set, { ...set, labels: [] })).toThrow(/15 labels in golden, got 0/);
  });
});

describe('answerDistances', () => {
  it('refuses counts that cannot be compared', () => {
    expect(() => answerDistances([1, 2], [1])).toThrow(/2 and 1/);
    expect(() => answerDistances([0, 0], [1, 1])).toThrow(/syntheticCounts/);
    expect(() => answerDistances([1, -1], [1, 1])).toThrow(/-1 at 1/);
  });
});
