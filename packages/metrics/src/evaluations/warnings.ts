import type { Matrix } from '@mixture-of-personas/numeric';

import type { EvaluatedSets } from '../evaluate-sets.js';
import type { Figure } from '../figure.js';
import { METRICS } from '../metric-facts.js';

/** What any figure may have to say about its rows, its interval and its floor. */
export function generalWarnings(figure: Figure, sets: EvaluatedSets): string[] {
  const { needs, better } = METRICS[figure.name];
  const out: string[] = [];
  if (needs.startsWith('embeddings')) {
    out.push(...copyWarning('synthetic', sets.synthetic.embeddings), ...copyWarning('golden', sets.golden.embeddings));
  }
  const fewest = Math.min(...figure.n);
  if (fewest < 100) out.push(`Only ${fewest} rows on one side: read the interval, not the figure.`);
  if (figure.interval && (figure.value < figure.interval[0] || figure.value > figure.interval[1])) {
    out.push('The interval is corrected for the bias of small samples and does not contain the figure, which is not.');
  }
  if (figure.floor !== null && isNoWorse(figure.value, figure.floor, better)) {
    out.push('No worse than one half of golden against the other: these sets cannot be told apart by this figure.');
  }
  return out;
}

function isNoWorse(value: number, floor: number, better: 'lower' | 'higher' | 'target'): boolean {
  return (better === 'lower' && value <= floor) || (better === 'higher' && value >= floor);
}

function copyWarning(name: string, set: Matrix | undefined): string[] {
  if (!set) return [];
  const copies = countCopies(set);
  if (copies === 0) return [];
  if (copies === set.rows - 1) return [`All ${set.rows} rows of ${name} are equal.`];
  return copies < 0.01 * set.rows ? [] : [`${copies} of ${set.rows} rows of ${name} repeat an earlier row.`];
}

/** Rows that equal an earlier one, by a 52-bit hash of their bytes. */
function countCopies({ data, rows, cols }: Matrix): number {
  const words = new Int32Array(data.slice(0, rows * cols).buffer);
  const width = words.length / rows;
  const seen = new Set<number>();
  for (let i = 0; i < rows; i++) {
    let a = 0x811c9dc5;
    let b = 0x2545f491;
    for (let j = i * width; j < (i + 1) * width; j++) {
      a = Math.imul(a ^ words[j], 0x01000193);
      b = Math.imul(b ^ (words[j] >>> 7) ^ (words[j] << 25), 0x5bd1e995) ^ (b >>> 15);
      a ^= a >>> 13;
    }
    seen.add((a >>> 0) * 0x10_0000 + (b >>> 12));
  }
  return rows - seen.size;
}
