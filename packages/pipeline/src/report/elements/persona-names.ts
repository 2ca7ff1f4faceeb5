import { shortened } from './format.js';

/** Characters of a name: what fits beside a plot. */
const LENGTH = 44;

/**
 * Short names for personas: their number from 0, as the terminal and ids count, and what sets their text apart, without the words that (nearly) all begin with, such as
 * "You are someone who writes about".
 * @returns one per text, all different
 */
export function personaNames(texts: readonly string[]): string[] {
  const words = texts.map((text) => text.trim().split(/\s+/));
  const common = commonStart(words);
  return words.map((own, k) => {
    const rest = own.slice(startsLike(own, common) ? common.length : 0).join(' ');
    return `${k} · ${shortened(rest, LENGTH) || 'no text'}`;
  });
}

/** The longest beginning that nine in ten texts share and that leaves each of them something. */
function commonStart(texts: readonly (readonly string[])[]): readonly string[] {
  const start: string[] = [];
  for (;;) {
    const counts = new Map<string, number>();
    for (const words of texts) {
      const next = words[start.length];
      if (next !== undefined && words.length > start.length + 1 && startsLike(words, start))
        counts.set(next, (counts.get(next) ?? 0) + 1);
    }
    const [word, count] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0] as [
      string,
      number,
    ]);
    if (texts.length < 2 || count < 0.9 * texts.length) return start;
    start.push(word);
  }
}

function startsLike(words: readonly string[], start: readonly string[]): boolean {
  return start.every((word, i) => words[i] === word);
}
