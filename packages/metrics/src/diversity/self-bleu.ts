import { meanOf } from '@mixture-of-personas/numeric/internal';
import { requireCount, requireDocuments } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { percentileBootstrap } from '../metric/intervals.js';
import { resampledMean } from '../metric/means.js';
import { countsOf, ngramsOf, numbered, TOKENS, type Words } from '../metric/words.js';

/** Settings of {@link selfBleu}. */
export interface SelfBleuOptions {
  /** Longest n-gram; weights are 1/order each. @defaultValue 4 */
  readonly order?: number;
}

/** Value that replaces a numerator of 0 for n > 1 (method 1 of Chen & Cherry 2014). */
const SMOOTHING = 0.1;

/**
 * Self-BLEU (Zhu et al. 2018): BLEU of each document with all the others as references; sentence level, uniform weights, smoothing method 1.
 * Clipping needs, per n-gram, only the largest count over the other documents, and that is the largest or the second largest over all:
 * one pass, exact, linear in the words, where the usual way is quadratic in the documents.
 * @param documents texts as words, see `wordsOf`; at least 2
 * @returns a score a document, [0, 1]; their mean is the corpus's self-BLEU, low for varied texts
 * @throws ShapeError for fewer than 2 documents; SettingError for the order
 */
export function selfBleu(documents: readonly Words[], options: SelfBleuOptions = {}): Float64Array {
  const { order = 4 } = options;
  requireDocuments('selfBleu', documents, 2);
  requireCount('selfBleu', 'order', order, 1);
  const ids = numbered(documents);
  const logs = new Float64Array(documents.length);
  for (let n = 1; n <= order; n++) {
    clippedShares(ngramsOf(ids, n)).forEach(({ clipped, total }, i) => {
      // Without one shared word BLEU is 0, whatever the smoothing.
      if (n === 1 && clipped === 0) logs[i] = -Infinity;
      else logs[i] += Math.log((clipped || SMOOTHING) / Math.max(1, total)) / order;
    });
  }
  const penalties = brevityPenalties(ids.map((words) => words.length));
  return logs.map((log, i) => penalties[i] * Math.exp(log));
}

/** Per document: n-grams, each counted at most as often as in the other document that has it most; and all n-grams. */
function clippedShares(grams: readonly Int32Array[]): { clipped: number; total: number }[] {
  const most = new Map<number, { first: number; holder: number; second: number }>();
  const own = grams.map((document) => countsOf([document]));
  own.forEach((counts, i) => {
    for (const [gram, count] of counts) {
      const seen = most.get(gram);
      if (!seen) most.set(gram, { first: count, holder: i, second: 0 });
      else if (count > seen.first) Object.assign(seen, { second: seen.first, first: count, holder: i });
      else if (count > seen.second) seen.second = count;
    }
  });
  return own.map((counts, i) => {
    let clipped = 0;
    for (const [gram, count] of counts) {
      const { first, holder, second } = most.get(gram)!;
      clipped += Math.min(count, holder === i ? second : first);
    }
    return { clipped, total: grams[i].length };
  });
}

/** exp(1 − r/c) for a document of c words, r the length of the other document nearest in length (the shorter of two as near); 1 when c > r. */
function brevityPenalties(lengths: readonly number[]): number[] {
  const holders = new Map<number, number>();
  for (const length of lengths) holders.set(length, (holders.get(length) ?? 0) + 1);
  const sorted = [...holders.keys()].sort((a, b) => a - b);
  const place = new Map(sorted.map((length, i) => [length, i]));
  return lengths.map((own) => {
    if (own === 0) return 0;
    if (holders.get(own)! > 1) return 1;
    const at = place.get(own)!;
    const shorter = sorted[at - 1] ?? -Infinity;
    const longer = sorted[at + 1] ?? Infinity;
    const nearest = own - shorter <= longer - own ? shorter : longer;
    return own > nearest ? 1 : Math.exp(1 - nearest / own);
  });
}

/** Mean self-BLEU of synthetic; golden's beside it. */
export const selfBleuScore: Metric<'self-bleu'> = defineMetric({
  name: 'self-bleu',
  facts: {
    title: 'Self-BLEU',
    better: 'target',
    range: [0, 1],
    needs: 'texts',
    of: 'synthetic',
    functions: ['selfBleu'],
    formula: 'mean BLEU-4 of a text against all others, smoothing method 1',
    source: 'Zhu 2018',
    cost: 'linear, exact; little',
  },
  compute: ({ words }) => {
    const [synthetic, golden] = words('self-bleu');
    const scores = selfBleu(synthetic);
    return {
      value: meanOf(scores),
      parts: { golden: meanOf(selfBleu(golden)) },
      settings: { order: 4, smoothing: 'method 1', tokens: TOKENS },
      warnings:
        synthetic.length !== golden.length
          ? ['Self-BLEU grows with the number of texts: compare it with golden at the same number.']
          : [],
      state: scores,
    };
  },
  resample: (scores, { settings: { seed } }) =>
    percentileBootstrap('documents, references held fixed', resampledMean(scores, seed)),
});
