import { ShapeError } from '@mixture-of-personas/numeric';
import { meanOf } from '@mixture-of-personas/numeric/internal';

import { requireCount } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { knownError } from '../metric/intervals.js';
import { countsOf, ngramsOf, numbered, TOKENS, type Words } from '../metric/words.js';

/** Variety of the n-grams of a corpus. */
export interface NgramDiversity {
  /** Different n-grams / all n-grams over the whole corpus, (0, 1] (Li et al. 2016). Falls as a corpus grows: compare equal sizes. */
  readonly distinct: number;
  /** Entropy of the n-gram distribution, in nats. */
  readonly entropy: number;
  /** All n-grams. */
  readonly total: number;
  /** Standard error of `distinct` by the jackknife over documents. */
  readonly standardError: number;
}

/**
 * Distinct-n and n-gram entropy of a corpus.
 * @param documents texts as words, see `wordsOf`
 * @param n ≥ 1
 * @throws ShapeError when no document is n words long; SettingError for n
 */
export function ngramDiversity(documents: readonly Words[], n: number): NgramDiversity {
  requireCount('ngramDiversity', 'n', n, 1);
  const grams = ngramsOf(numbered(documents), n);
  const counts = countsOf(grams);
  let total = 0;
  for (const count of counts.values()) total += count;
  if (total === 0) {
    const [found, advice] = [`${documents.length} shorter ones`, 'Give longer texts, or a smaller n.'];
    throw new ShapeError('ngramDiversity', `a document of at least ${n} words`, found, advice);
  }
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / total) * Math.log(count / total);
  const distinct = counts.size / total;
  return { distinct, entropy: Math.max(0, entropy), total, standardError: jackknife(grams, counts, total) };
}

/** √((m − 1)/m Σ (θ₋ᵢ − mean)²), θ₋ᵢ distinct-n without document i: less the n-grams that only it has. */
function jackknife(grams: readonly Int32Array[], counts: ReadonlyMap<number, number>, total: number): number {
  const without: number[] = [];
  for (const document of grams) {
    if (document.length === total) continue;
    let own = 0;
    for (const [gram, count] of countsOf([document])) if (counts.get(gram) === count) own++;
    without.push((counts.size - own) / (total - document.length));
  }
  const m = without.length;
  if (m < 2) return 0;
  const mean = meanOf(without);
  return Math.sqrt(((m - 1) / m) * without.reduce((sum, value) => sum + (value - mean) ** 2, 0));
}

/** Distinct-n for the n asked for; n = 1 … 4 and entropies as parts. */
export const distinctN: Metric<'distinct-n'> = defineMetric({
  name: 'distinct-n',
  facts: {
    title: 'Distinct n-grams',
    better: 'target',
    range: [0, 1],
    needs: 'texts',
    of: 'synthetic',
    functions: ['ngramDiversity'],
    formula: 'different n-grams / all n-grams; entropy in nats',
    source: 'Li 2016',
    cost: 'linear; jackknife',
  },
  compute: ({ words, settings: { ngram } }) => {
    const [synthetic, golden] = words('distinct-n');
    const [own, target] = [ngramDiversity(synthetic, ngram), ngramDiversity(golden, ngram)];
    const parts: Record<string, number> = {
      entropy: own.entropy,
      golden: target.distinct,
      goldenEntropy: target.entropy,
    };
    const longest = Math.max(...synthetic.map(({ length }) => length));
    for (let n = 1; n <= Math.min(4, longest); n++) parts[`distinct${n}`] = ngramDiversity(synthetic, n).distinct;
    const ratio = own.total / target.total;
    return {
      value: own.distinct,
      parts,
      settings: { n: ngram, tokens: TOKENS, ngrams: own.total, goldenNgrams: target.total },
      warnings:
        ratio > 1.25 || ratio < 0.8
          ? ['The corpora differ in length, and distinct-n falls as a corpus grows: compare equal lengths.']
          : [],
      state: own.standardError,
    };
  },
  resample: (error) => knownError('value ± z standard errors by a jackknife over documents', error),
});
