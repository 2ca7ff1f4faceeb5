import { describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';
import { chunksOf, commonPrefix, planScoring } from '../../src/scoring/score-plan.js';

const ids = (...values: number[]): Int32Array => Int32Array.from(values);

describe('planScoring', () => {
  const planned = (prompts: readonly Int32Array[]) =>
    planScoring(prompts.map((prompt, index) => ({ index, prompt, completion: ids(7) })));

  it('puts pairs of one prompt together, and prompts that begin alike side by side', () => {
    const groups = planned([ids(1, 2, 3), ids(1, 9), ids(1, 2, 3), ids(1, 2), ids(4)]);
    expect(groups.map(({ pairs }) => pairs.map(({ index }) => index))).toEqual([[3], [0, 2], [1], [4]]);
  });

  it('computes each distinct prefix once where what a prompt shares with the one before is not run again', () => {
    const random = randomFor(1, 'prompts', 0);
    const prompts = Array.from({ length: 200 }, () =>
      Int32Array.from({ length: 1 + Math.floor(5 * random()) }, () => Math.floor(3 * random())),
    );
    const groups = planned(prompts);
    const before = (g: number): Int32Array => groups[g - 1]?.prompt ?? ids();
    const computed = groups.reduce((sum, { prompt }, g) => sum + prompt.length - commonPrefix(before(g), prompt), 0);
    const prefixes = new Set(prompts.flatMap((prompt) => Array.from(prompt, (_, i) => prompt.slice(0, i + 1).join())));
    expect(computed).toBe(prefixes.size);
  });
});

describe('chunksOf', () => {
  it('covers every token once, keeps its limits, and never leaves one token over', () => {
    const limits = { tokens: 8, rows: 4 };
    for (let from = 0; from < 4; from++) {
      for (let to = from + 1; to < 40; to++) {
        for (let wantedFrom = from; wantedFrom < to; wantedFrom++) {
          const chunks = chunksOf(from, to, wantedFrom, limits);
          let at = from;
          let wanted = 0;
          for (const chunk of chunks) {
            expect(chunk.from).toBe(at);
            expect(chunk.to - chunk.from).toBeLessThanOrEqual(limits.tokens);
            expect(chunk.to - chunk.wantedFrom).toBeLessThanOrEqual(limits.rows);
            if (to - from > 1) expect(chunk.to - chunk.from).toBeGreaterThan(1);
            wanted += chunk.to - chunk.wantedFrom;
            at = chunk.to;
          }
          expect([at, wanted]).toEqual([to, to - wantedFrom]);
        }
      }
    }
  });
});
