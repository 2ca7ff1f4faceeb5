import { describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';
import { chunksOf, planScoring } from '../../src/scoring/score-plan.js';

const ids = (...values: number[]): Int32Array => Int32Array.from(values);

describe('planScoring', () => {
  it('puts pairs of one prompt together and says what each prompt shares with the one before', () => {
    const prompts = [ids(1, 2, 3), ids(1, 9), ids(1, 2, 3), ids(1, 2), ids(4)];
    const groups = planScoring(
      prompts.map((prompt, index) => ({ index, prompt, completion: ids(7) })),
      ids(1, 5),
    );
    expect(groups.map(({ pairs, shared }) => [pairs.map(({ index }) => index), shared])).toEqual([
      [[3], 1],
      [[0, 2], 2],
      [[1], 1],
      [[4], 0],
    ]);
  });

  it('computes each distinct prefix once', () => {
    const random = randomFor(1, 'prompts', 0);
    const prompts = Array.from({ length: 200 }, () =>
      Int32Array.from({ length: 1 + Math.floor(5 * random()) }, () => Math.floor(3 * random())),
    );
    const groups = planScoring(
      prompts.map((prompt, index) => ({ index, prompt, completion: ids(0) })),
      ids(),
    );
    const computed = groups.reduce((sum, { prompt, shared }) => sum + prompt.length - shared, 0);
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
