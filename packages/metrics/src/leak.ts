import { requireSameCols, unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { requireDirections, requireDocuments, requireSet } from './checks.js';
import { longestRun, suffixesOf } from './suffixes.js';
import { inPrecision, tilesOf, type Precision } from './tiles.js';
import { numbered, type Words } from './words.js';

/** What texts share with the exemplars that were shown to the generator. */
export interface TextLeak {
  /** Per synthetic text: words of the longest run that also occurs in one exemplar. */
  readonly longestRun: Int32Array;
  /** Per synthetic text: 1 when all its words, in order, are all the words of an exemplar. */
  readonly exactCopy: Uint8Array;
}

/**
 * Longest common n-gram of each synthetic text with any exemplar, and exact copies (case, spacing and Unicode form aside).
 * @param synthetic texts as words, see `wordsOf`
 * @param exemplars the same; at least 1
 * @throws ShapeError without exemplars or texts
 */
export function textLeak(synthetic: readonly Words[], exemplars: readonly Words[]): TextLeak {
  requireDocuments('textLeak', synthetic, 1);
  requireDocuments('textLeak', exemplars, 1);
  const { ids } = numbered([...synthetic, ...exemplars]);
  const suffixes = suffixesOf(ids.slice(synthetic.length));
  const whole = new Set(exemplars.map(keyOf));
  return {
    longestRun: Int32Array.from(ids.slice(0, synthetic.length), (document) => longestRun(document, suffixes)),
    exactCopy: Uint8Array.from(synthetic, (words) => (words.length > 0 && whole.has(keyOf(words)) ? 1 : 0)),
  };
}

const keyOf = (words: Words): string => words.join(' ');

/**
 * Cosine of each synthetic row to its nearest exemplar.
 * @param synthetic n × d
 * @param exemplars N × d
 * @returns n numbers in [−1, 1]; 1 is a copy
 * @throws ShapeError for different widths, a NaN or an all-zero row (named)
 */
export function nearestCosines(synthetic: Matrix, exemplars: Matrix, precision: Precision = 'auto'): Float64Array {
  const where = 'nearestCosines';
  for (const [name, set] of [
    ['synthetic', synthetic],
    ['exemplars', exemplars],
  ] as const) {
    requireSet(where, name, set, 1);
    requireDirections(where, name, set);
  }
  requireSameCols(where, synthetic, exemplars);
  const [x, e] = inPrecision(precision, synthetic, exemplars).map(unitRows);
  const nearest = new Float64Array(x.rows).fill(-1);
  for (const {
    fromA,
    products: { data, rows, cols },
  } of tilesOf(x, e)) {
    for (let i = 0; i < rows; i++) {
      let most = nearest[fromA + i];
      for (let at = i * cols; at < (i + 1) * cols; at++) if (data[at] > most) most = data[at];
      nearest[fromA + i] = most;
    }
  }
  return nearest.map((cosine) => Math.min(1, cosine));
}
