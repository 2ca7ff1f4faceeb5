import type { Matrix } from '@mixture-of-personas/numeric';
import { meanOf } from '@mixture-of-personas/numeric/internal';

import { requireDocuments } from '../metric/checks.js';
import { defineMetric, warnIf, type Metric } from '../metric/define-metric.js';
import { shareInterval } from '../metric/intervals.js';
import { partOf, type ReadySets } from '../metric/ready-sets.js';
import { numbered, TOKENS, wordsOf, type Words } from '../metric/words.js';
import { nearestCosines, ownCosines } from './nearest-cosines.js';
import { longestRun, suffixesOf } from './suffixes.js';

/** Settings of {@link textLeak}. */
export interface TextLeakOptions {
  /** Texts that stood in the prompts, as words; at least 1. */
  readonly exemplars: readonly Words[];
  /** For each text, the row of the exemplar in its own prompt; −1 where there was none. */
  readonly exemplarOf?: ArrayLike<number>;
  /** Real texts to compare with: the same audit of them is the rate that copying alone does not explain. */
  readonly golden?: readonly Words[];
  /** A shared run of so many words is a copy; so is a whole exemplar, however short. @defaultValue 8 */
  readonly leakWords?: number;
}

/** Overlap of each of some texts with exemplars. */
export interface Copying {
  /** Words of the longest run that also occurs in one exemplar. */
  readonly longestRun: Int32Array;
  /** 1 where all words, in order, are all the words of an exemplar. */
  readonly exactCopy: Uint8Array;
  /** 1 where a text is a copy: whole, or a run of `leakWords` words. */
  readonly copied: Uint8Array;
  /** Share of copies, [0, 1]. */
  readonly share: number;
  /** Mean share of a text's words that stand in its longest run, [0, 1]. */
  readonly runShare: number;
}

/** Copying of synthetic texts, and beside it that of golden texts. */
export interface TextLeak extends Copying {
  /** Each text against the exemplar in its own prompt, texts without one left out; null where none is known. */
  readonly own: Copying | null;
  /** Golden texts against all exemplars. */
  readonly golden: Copying | null;
  /** Golden texts, each against one exemplar: that of synthetic text i for golden text i, beginning again at the end. */
  readonly goldenOwn: Copying | null;
}

/**
 * Copies of exemplars among texts, by their longest common n-gram and by whole texts (case, spacing and Unicode form aside).
 * @param synthetic texts as words, see `wordsOf`; at least 1
 * @throws ShapeError without exemplars or texts, or where `exemplarOf` does not fit
 */
export function textLeak(synthetic: readonly Words[], options: TextLeakOptions): TextLeak {
  const { exemplars, exemplarOf, golden, leakWords = 8 } = options;
  requireDocuments('textLeak', synthetic, 1);
  requireDocuments('textLeak', exemplars, 1, 'exemplars');
  const ids = numbered([...exemplars, ...synthetic, ...(golden ?? [])]);
  const sources = ids.slice(0, exemplars.length);
  const texts = ids.slice(exemplars.length, exemplars.length + synthetic.length);
  const real = ids.slice(exemplars.length + synthetic.length);
  const shown = exemplarOf && Array.from(exemplarOf);
  if (shown) requireDocuments('textLeak', shown, synthetic.length, 'entries of exemplarOf');
  const dealt = shown?.filter((exemplar) => exemplar >= 0) ?? [];
  const against = (documents: readonly Int32Array[], of: (i: number) => number): Copying | null =>
    dealt.length === 0 ? null : pairwise(documents, (i) => sources[of(i)], leakWords);
  const withOwn = texts.filter((_, i) => (shown?.[i] ?? -1) >= 0);
  return {
    ...amongAll(texts, sources, leakWords),
    own: against(withOwn, (i) => dealt[i]),
    golden: golden ? amongAll(real, sources, leakWords) : null,
    goldenOwn: golden ? against(real, (i) => dealt[i % dealt.length]) : null,
  };
}

const keyOf = (words: Int32Array): string => words.join(' ');

function amongAll(texts: readonly Int32Array[], sources: readonly Int32Array[], leakWords: number): Copying {
  const suffixes = suffixesOf(sources);
  const whole = new Set(sources.map(keyOf));
  const runs = Int32Array.from(texts, (text) => longestRun(text, suffixes));
  return copyingOf(texts, runs, { isWhole: (i) => whole.has(keyOf(texts[i])), leakWords });
}

function pairwise(texts: readonly Int32Array[], sourceOf: (i: number) => Int32Array, leakWords: number): Copying {
  const runs = Int32Array.from(texts, (text, i) => longestRun(text, suffixesOf([sourceOf(i)])));
  return copyingOf(texts, runs, { isWhole: (i) => keyOf(texts[i]) === keyOf(sourceOf(i)), leakWords });
}

function copyingOf(
  texts: readonly Int32Array[],
  longestRuns: Int32Array,
  { isWhole, leakWords }: { readonly isWhole: (i: number) => boolean; readonly leakWords: number },
): Copying {
  const exactCopy = Uint8Array.from(texts, ({ length }, i) => (length > 0 && isWhole(i) ? 1 : 0));
  const copied = exactCopy.map((whole, i) => (whole === 1 || longestRuns[i] >= leakWords ? 1 : 0));
  const shares = Float64Array.from(longestRuns, (run, i) => run / Math.max(1, texts[i].length));
  return { longestRun: longestRuns, exactCopy, copied, share: meanOf(copied), runShare: meanOf(shares) };
}

/** Share of synthetic texts that repeat an exemplar, beside the same of golden texts. */
export const leak: Metric<'leak'> = defineMetric({
  name: 'leak',
  facts: {
    title: 'Texts that copy an exemplar',
    better: 'lower',
    range: [0, 1],
    needs: 'texts',
    of: 'synthetic',
    functions: ['textLeak', 'nearestCosines'],
    formula:
      'share of texts that copy an exemplar or 8 words in a row of it; parts for the own exemplar, and for golden texts',
    source: 'longest common n-gram',
    cost: 'N log N',
  },
  compute: (sets) => {
    const [synthetic, golden] = sets.words('leak');
    const { given, settings } = sets;
    const texts = partOf(
      'leak',
      'no exemplars: copies are looked for in the texts of the prompts',
      given.exemplars?.texts,
    );
    const exemplars = texts.map(wordsOf);
    const { exemplarOf } = given;
    const { leakWords } = settings;
    const found = textLeak(synthetic, { exemplars, golden, leakWords, ...(exemplarOf && { exemplarOf }) });
    const short = synthetic.filter(({ length }) => length < leakWords).length;
    return {
      value: found.share,
      parts: {
        exactCopies: found.exactCopy.reduce((sum, flag) => sum + flag, 0),
        longestRun: found.longestRun.reduce((most, run) => Math.max(most, run), 0),
        meanLongestRun: meanOf(found.longestRun),
        runShare: found.runShare,
        ...partsOf('golden', found.golden),
        ...partsOf('own', found.own),
        ...partsOf('goldenOwn', found.goldenOwn),
        ...cosineParts(sets),
      },
      settings: { leakWords, exemplars: exemplars.length, ownExemplars: found.own !== null, tokens: TOKENS },
      warnings: warnIf(
        short > synthetic.length / 2,
        `${short} of ${synthetic.length} texts are shorter than ${leakWords} words: only a whole copy counts for them.`,
      ),
      state: found.copied,
    };
  },
  resample: (copied) => shareInterval('texts', copied.length),
});

function partsOf(name: string, copying: Copying | null): Record<string, number> {
  return copying === null ? {} : { [name]: copying.share, [`${name}RunShare`]: copying.runShare };
}

/** Cosines to the nearest and to the own exemplar, where there are embeddings. */
function cosineParts({ given, settings: { precision } }: ReadySets): Record<string, number> {
  const exemplars = given.exemplars?.embeddings;
  if (!exemplars) return {};
  const nearest = (set: Matrix | undefined, name: string): Record<string, number> => {
    if (!set) return {};
    const cosines = nearestCosines(set, exemplars, precision);
    return {
      [`${name}Mean`]: meanOf(cosines),
      [`${name}Max`]: cosines.reduce((most, each) => Math.max(most, each), -1),
    };
  };
  const { synthetic, golden, exemplarOf } = given;
  const own = synthetic.embeddings && exemplarOf ? ownCosines(synthetic.embeddings, exemplars, exemplarOf) : [];
  return {
    ...nearest(synthetic.embeddings, 'nearestCosine'),
    ...nearest(golden.embeddings, 'goldenNearestCosine'),
    ...(own.length > 0 ? { ownCosineMean: meanOf(own) } : {}),
  };
}
