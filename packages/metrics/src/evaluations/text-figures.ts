import { ngramDiversity } from '../diversity.js';
import { nearestCosines, textLeak } from '../leak.js';
import { selfBleu } from '../self-bleu.js';
import type { Words } from '../words.js';
import type { Computation } from './outcome.js';
import { resampledMean } from './resampling.js';

const TOKENS = 'unicode words, lower case';

/** Distinct-n for the n asked for as the value; n = 1 … 4 and entropies as parts. */
export const distinctN: Computation = ({ words, settings }) => {
  const [synthetic, golden] = words('distinct-n');
  const { ngram } = settings;
  const own = ngramDiversity(synthetic, ngram);
  const target = ngramDiversity(golden, ngram);
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
    standardError: { value: own.standardError, method: 'jackknife over documents' },
  };
};

/** Mean self-BLEU of synthetic; golden's beside it. */
export const selfBleuScore: Computation = ({ words, settings }) => {
  const [synthetic, golden] = words('self-bleu');
  const scores = selfBleu(synthetic);
  return {
    value: meanOf(scores),
    parts: { golden: meanOf(selfBleu(golden)) },
    settings: { order: 4, smoothing: 'method 1', tokens: TOKENS },
    warnings:
      synthetic.length !== golden.length
        ? ['Self-BLEU grows with the number of texts: compare it with golden at the same number (the floor is).']
        : [],
    resampler: {
      method: 'percentile',
      over: 'documents, references held fixed',
      sample: resampledMean(scores, settings.seed),
    },
  };
};

/** Share of synthetic texts that repeat an exemplar: whole, or a run of `leakWords` words. */
export const leak: Computation = (sets) => {
  const [synthetic] = sets.words('leak');
  const exemplars = sets.exemplars.words('leak');
  const { leakWords, seed, precision } = sets.settings;
  const { longestRun, exactCopy } = textLeak(synthetic, exemplars);
  const leaked = longestRun.map((run, i) => (exactCopy[i] === 1 || run >= leakWords ? 1 : 0));
  return {
    value: meanOf(leaked),
    parts: {
      exactCopies: exactCopy.reduce((sum, flag) => sum + flag, 0),
      longestRun: longestRun.reduce((most, run) => Math.max(most, run), 0),
      meanLongestRun: meanOf(longestRun),
      ...nearestParts(sets, precision),
    },
    settings: { leakWords, exemplars: exemplars.length, tokens: TOKENS },
    warnings: shortWarning(synthetic, leakWords),
    resampler: { method: 'percentile', over: 'synthetic texts', sample: resampledMean(leaked, seed) },
  };
};

function nearestParts(
  sets: Parameters<Computation>[0],
  precision: Parameters<typeof nearestCosines>[2],
): Record<string, number> {
  if (!sets.exemplars.embeddings || !sets.syntheticEmbeddings) return {};
  const cosines = nearestCosines(sets.syntheticEmbeddings, sets.exemplars.embeddings, precision);
  return {
    nearestCosineMean: meanOf(cosines),
    nearestCosineMax: cosines.reduce((most, cosine) => Math.max(most, cosine), -1),
  };
}

function shortWarning(documents: readonly Words[], leakWords: number): string[] {
  const short = documents.filter(({ length }) => length < leakWords).length;
  return short > documents.length / 2
    ? [`${short} of ${documents.length} texts are shorter than ${leakWords} words: only a whole copy counts for them.`]
    : [];
}

function meanOf(values: Float64Array | Int32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
