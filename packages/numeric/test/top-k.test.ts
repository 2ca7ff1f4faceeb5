import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { drawIndex, randomFor, sampleWithoutReplacement, topK } from '../src/index.js';

describe('topK', () => {
  it('gives what a full sort gives, ties to the smaller index', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 })), fc.integer({ min: 0, max: 12 }), (values, k) => {
        const sorted = values.map((_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
        expect(Array.from(topK(values, k))).toEqual(sorted.slice(0, k));
      }),
    );
  });
});

describe('drawIndex', () => {
  it('draws in proportion and never what has no weight', () => {
    const counts = [0, 0, 0];
    const random = randomFor(3, 'draw', 0);
    for (let i = 0; i < 9000; i++) counts[drawIndex([1, 0, 2], random)]++;
    expect(counts[1]).toBe(0);
    expect(Math.abs(counts[2] / 9000 - 2 / 3)).toBeLessThan(0.02);
  });
});

describe('sampleWithoutReplacement', () => {
  it('draws different indices, all of them when asked for all', () => {
    expect(new Set(sampleWithoutReplacement(50, 20, randomFor(1, 's', 0))).size).toBe(20);
    expect(Array.from(sampleWithoutReplacement(5, 9, randomFor(1, 's', 1))).sort()).toEqual([0, 1, 2, 3, 4]);
  });
});
