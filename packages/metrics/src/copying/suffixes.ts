/**
 * All suffixes of a sequence of word numbers in sorted order, to find the longest run that another sequence shares with it. Documents are joined
 * with separators that equal nothing, so no run crosses from one into the next.
 */
export interface Suffixes {
  readonly words: Int32Array;
  /** Start of each suffix, in lexicographic order of the suffixes. */
  readonly order: Int32Array;
}

/** Sorts the suffixes of the documents: n log n comparisons, each as long as the two agree. @param documents word numbers ≥ 0 */
export function suffixesOf(documents: readonly Int32Array[]): Suffixes {
  const length = documents.reduce((sum, document) => sum + document.length + 1, 0);
  const words = new Int32Array(length);
  let at = 0;
  documents.forEach((document, i) => {
    words.set(document, at);
    at += document.length;
    words[at++] = -1 - i;
  });
  const order = Int32Array.from({ length }, (_, i) => i).sort((a, b) => {
    if (a === b) return 0;
    while (words[a] === words[b]) {
      a++;
      b++;
    }
    return words[a] - words[b];
  });
  return { words, order };
}

/** Length of the longest run of `document` that occurs somewhere in the suffixed documents. */
export function longestRun(document: Int32Array, suffixes: Suffixes): number {
  let longest = 0;
  // A start closer to the end than the longest run so far cannot beat it.
  for (let start = 0; start + longest < document.length; start++) {
    longest = Math.max(longest, longestFrom(document, start, suffixes));
  }
  return longest;
}

/** The best match of document[start…] is a neighbor of the place where it would be sorted in. */
function longestFrom(document: Int32Array, start: number, { words, order }: Suffixes): number {
  let low = 0;
  let high = order.length;
  let best = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    const agreed = agreement(document, start, words, order[middle]);
    best = Math.max(best, agreed);
    if (start + agreed === document.length) return agreed;
    if (words[order[middle] + agreed] < document[start + agreed]) low = middle + 1;
    else high = middle;
  }
  return best;
}

function agreement(a: Int32Array, fromA: number, b: Int32Array, fromB: number): number {
  let length = 0;
  while (fromA + length < a.length && a[fromA + length] === b[fromB + length]) length++;
  return length;
}
