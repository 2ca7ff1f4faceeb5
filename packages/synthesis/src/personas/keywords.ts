import { topicWords } from './words.js';

/**
 * The most telling words of each group of texts, by p log(p / q): p is the share of the group's texts that have the word, q the share of all
 * texts. A word that every group has as often weighs nothing, however common it is (c-TF-IDF keeps it: docs/decisions/0051), and a long
 * text cannot speak for its group.
 * @param groups texts of each group
 * @param count words a group at most
 * @returns one list a group, most telling first; ties by count, then alphabetically; words no commoner than elsewhere only where there
 * are no others
 */
export function clusterKeywords(groups: readonly (readonly string[])[], count: number): string[][] {
  const counts = groups.map(countWords);
  const everywhere = new Map<string, number>();
  for (const group of counts) for (const [word, n] of group) everywhere.set(word, (everywhere.get(word) ?? 0) + n);
  const total = groups.reduce((sum, { length }) => sum + length, 0);
  return counts.map((group, c) => {
    const size = groups[c]?.length ?? 1;
    const words = [...group].map(([word, n]) => ({
      word,
      n,
      weight: (n / size) * Math.log((n * total) / (size * (everywhere.get(word) ?? n))),
    }));
    const telling = words.filter(({ weight }) => weight > 0);
    return (telling.length > 0 ? telling : words)
      .sort((a, b) => b.weight - a.weight || b.n - a.n || (a.word < b.word ? -1 : 1))
      .slice(0, count)
      .map(({ word }) => word);
  });
}

function countWords(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of new Set(topicWords(text))) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
