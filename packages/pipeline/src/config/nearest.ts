/** Levenshtein distance: insertions, deletions and substitutions that turn one word into the other. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substituted, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/**
 * The choice closest to a word, or undefined when none is near (more than half of its letters differ). For a dotted word, a choice
 * that ends in its last part counts as near too: `topM` means `gate.topM`.
 */
export function nearest(word: string, choices: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const last = wanted.slice(wanted.lastIndexOf('.') + 1);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const choice of choices) {
    const candidate = choice.toLowerCase();
    const ending = candidate.slice(candidate.lastIndexOf('.') + 1);
    const distance = Math.min(editDistance(wanted, candidate), editDistance(last, ending) + 0.5);
    if (distance < bestDistance) [best, bestDistance] = [choice, distance];
  }
  return bestDistance <= Math.max(2, Math.ceil(last.length / 2)) ? best : undefined;
}
