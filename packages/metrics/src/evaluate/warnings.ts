import type { Matrix } from '@mixture-of-personas/numeric';

import type { MetricFacts } from '../metric/define-metric.js';
import { namesOf, type EvaluatedSets } from '../metric/evaluated-sets.js';
import type { MetricValue } from '../metric/metric-value.js';

/** Sentences on the rows of any metric, and on its floor. */
export function generalWarnings(
  { n, value, floor, split }: MetricValue,
  { needs, better }: MetricFacts,
  sets: EvaluatedSets,
): string[] {
  const out: string[] = [];
  if (needs.startsWith('embeddings')) {
    const [synthetic, golden] = namesOf(sets);
    out.push(...copyWarning(synthetic, sets.synthetic.embeddings), ...copyWarning(golden, sets.golden.embeddings));
  }
  const fewest = Math.min(...n);
  if (fewest < 100) out.push(`Only ${fewest} rows on one side: read the interval, not the value.`);
  if (split) {
    const [m, k] = split.n;
    out.push(
      `Too few real records for a floor at ${n[0]} against ${n[1]} rows: ${m} against ${k} of them score ${Number(split.value.toPrecision(3))}, which is not comparable where a metric depends on n.`,
    );
  }
  if (floor !== null && isNoWorse(value, floor, better)) {
    out.push('No worse than real records against other real ones: this metric cannot tell the sets apart.');
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
