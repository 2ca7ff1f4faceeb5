import { describe, expect, it } from '@jest/globals';
import { matrixOf } from '@mixture-of-personas/numeric';
import fc from 'fast-check';

import { ngramDiversity } from '../../src/diversity/distinct-n.js';
import { textLeak } from '../../src/copying/leak.js';
import { nearestCosines } from '../../src/copying/nearest-cosines.js';
import { selfBleu } from '../../src/diversity/self-bleu.js';
import { wordsOf, type Words } from '../../src/metric/words.js';

const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
const documents = fc.array(words, { minLength: 2, maxLength: 8 });

/** Longest shared run by trying every pair of starts. */
function runByHand(document: Words, source: Words): number {
  let most = 0;
  document.forEach((_, i) =>
    source.forEach((__, j) => {
      let length = 0;
      while (i + length < document.length && document[i + length] === source[j + length]) length++;
      most = Math.max(most, length);
    }),
  );
  return most;
}

/** Sentence BLEU by the book: every reference counted for every document. */
function bleuByHand(own: Words, references: readonly Words[], order: number): number {
  let log = 0;
  for (let n = 1; n <= order; n++) {
    const grams = (list: Words): string[] =>
      list.slice(0, Math.max(0, list.length - n + 1)).map((_, i) => list.slice(i, i + n).join(' '));
    const count = (list: string[], gram: string): number => list.filter((other) => other === gram).length;
    const mine = grams(own);
    let clipped = 0;
    for (const gram of new Set(mine)) {
      clipped += Math.min(count(mine, gram), Math.max(...references.map((reference) => count(grams(reference), gram))));
    }
    if (n === 1 && clipped === 0) return 0;
    log += Math.log((clipped || 0.1) / Math.max(1, mine.length)) / order;
  }
  const nearest = references
    .map(({ length }) => length)
    .toSorted((a, b) => Math.abs(a - own.length) - Math.abs(b - own.length) || a - b)[0];
  return Math.exp(log) * (own.length > nearest ? 1 : Math.exp(1 - nearest / own.length));
}

describe('wordsOf', () => {
  it('lowers case, keeps inner apostrophes and hyphens, and takes other marks one by one', () => {
    expect(wordsOf("Don't  over-think: ÉTÉ 42!")).toEqual(["don't", 'over-think', ':', 'été', '42', '!']);
    expect(wordsOf('  ')).toEqual([]);
  });
});

describe('selfBleu', () => {
  it('is what the quadratic definition gives', () => {
    fc.assert(
      fc.property(documents, fc.integer({ min: 1, max: 4 }), (corpus, order) => {
        const scores = selfBleu(corpus, { order });
        corpus.forEach((own, i) => {
          const others = corpus.filter((_, j) => j !== i);
          expect(scores[i]).toBeCloseTo(own.length === 0 ? 0 : bleuByHand(own, others, order), 9);
        });
      }),
    );
  });
  it('refuses a single document and an order of 0', () => {
    expect(() => selfBleu([['a']])).toThrow(/at least 2 documents/);
    expect(() => selfBleu([['a'], ['b']], { order: 0 })).toThrow(/order/);
  });
});

describe('ngramDiversity', () => {
  it('has the standard error of leaving documents out one by one', () => {
    fc.assert(
      fc.property(
        documents.filter((corpus) => corpus.every(({ length }) => length > 1)),
        (corpus) => {
          const without = corpus.map(
            (_, i) =>
              ngramDiversity(
                corpus.filter((__, j) => j !== i),
                2,
              ).distinct,
          );
          const mean = without.reduce((a, b) => a + b, 0) / without.length;
          const spread = without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
          const expected = Math.sqrt((spread * (without.length - 1)) / without.length);
          expect(ngramDiversity(corpus, 2).standardError).toBeCloseTo(expected, 9);
        },
      ),
    );
  });
  it('refuses documents too short for n', () => {
    expect(() => ngramDiversity([['a'], []], 2)).toThrow(/at least 2 words/);
  });
});

describe('textLeak', () => {
  it('finds the longest run that trying every pair of starts finds', () => {
    fc.assert(
      fc.property(documents, documents, (synthetic, exemplars) => {
        const { longestRun } = textLeak(synthetic, { exemplars });
        synthetic.forEach((document, i) => {
          expect(longestRun[i]).toBe(Math.max(...exemplars.map((exemplar) => runByHand(document, exemplar))));
        });
      }),
      { numRuns: 300 },
    );
  });
  it('flags whole copies only, and no run crosses from one exemplar into the next', () => {
    const exemplars = ['the cat sat', 'on the mat'].map(wordsOf);
    const { exactCopy, longestRun } = textLeak(['The  CAT sat', 'the cat sat on the mat', 'a dog'].map(wordsOf), {
      exemplars,
    });
    expect([...exactCopy]).toEqual([1, 0, 0]);
    expect([...longestRun]).toEqual([3, 3, 0]);
  });
  it('refuses to audit against nothing', () => {
    expect(() => textLeak([['a']], { exemplars: [] })).toThrow(/at least 1 exemplars/);
  });
});

describe('nearestCosines', () => {
  it('is the cosine to the nearest exemplar, at most 1', () => {
    const got = nearestCosines(
      matrixOf([
        [3, 3],
        [1, 0],
        [-1, 0],
      ]),
      matrixOf([
        [1, 1],
        [0, 5],
      ]),
    );
    expect(got[0]).toBeCloseTo(1, 12);
    expect(Math.max(...got)).toBeLessThanOrEqual(1);
    expect(got[1]).toBeCloseTo(Math.SQRT1_2, 12);
    expect(got[2]).toBeCloseTo(0, 12);
  });
});
