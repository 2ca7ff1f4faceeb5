import { topicWords } from './words.js';

/**
 * The most telling words of each group of texts by class-based TF-IDF (c-TF-IDF, Grootendorst 2022, arXiv 2203.05794): a word w weighs
 * tf_{w,c} · log(1 + A / f_w), with tf its count in group c over the group's words, A the mean number of words a group and f_w its
 * count in all groups. A text counts a word once, so that one long record cannot speak for its group.
 * @param groups texts of each group
 * @param count words a group at most
 * @returns one list a group, most telling first; ties alphabetically; empty for a group without words
 */
export function clusterKeywords(groups: readonly (readonly string[])[], count: number): string[][] {
  const counts = groups.map(countWords);
  const everywhere = new Map<string, number>();
  let total = 0;
  for (const group of counts) {
    for (const [word, n] of group) {
      everywhere.set(word, (everywhere.get(word) ?? 0) + n);
      total += n;
    }
  }
  const mean = total / groups.length;
  return counts.map((group) => {
    let size = 0;
    for (const n of group.values()) size += n;
    const weights = [...group].map(
      ([word, n]) => [word, (n / size) * Math.log(1 + mean / (everywhere.get(word) ?? n))] as const,
    );
    weights.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    return weights.slice(0, count).map(([word]) => word);
  });
}

function countWords(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of new Set(topicWords(text))) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
