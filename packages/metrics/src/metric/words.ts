/** A document as words: what the n-gram figures count. */
export type Words = readonly string[];

/**
 * Lower-case words of a text: runs of letters, digits and combining marks (with inner apostrophes and hyphens), and every other visible
 * character on its own.
 */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*|[^\s]/gu) ?? []
  );
}

/** The name of `wordsOf`'s words among settings. */
export const TOKENS = 'unicode words, lower case';

/** Words as small integers, the same number for the same word across all the documents given. */
export function numbered(documents: readonly Words[]): Int32Array[] {
  const known = new Map<string, number>();
  return documents.map((words) =>
    Int32Array.from(words, (word) => {
      const id = known.get(word) ?? known.size;
      known.set(word, id);
      return id;
    }),
  );
}

/**
 * Every n-gram of every document as one integer, equal for equal n-grams: a run of n is the pair (run of n − 1, last word), numbered as met.
 * @param ids documents as word numbers
 * @param n ≥ 1
 * @returns a list a document, max(0, length − n + 1) long
 */
export function ngramsOf(ids: readonly Int32Array[], n: number): Int32Array[] {
  let grams = [...ids];
  for (let order = 2; order <= n; order++) {
    const known = new Map<number, number>();
    grams = grams.map((shorter, document) => {
      const words = ids[document];
      return Int32Array.from({ length: Math.max(0, words.length - order + 1) }, (_, i) => {
        const pair = shorter[i] * 0x400_0000 + words[i + order - 1]; // exact: both below 2²⁶
        const id = known.get(pair) ?? known.size;
        known.set(pair, id);
        return id;
      });
    });
  }
  return grams;
}

/** Counts of how often each n-gram occurs over all documents. */
export function countsOf(grams: readonly Int32Array[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const document of grams) for (const gram of document) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  return counts;
}
