import { randomFor, sampleWithoutReplacement, takeRows } from '@mixture-of-personas/numeric';
import { stacked } from '@mixture-of-personas/numeric/internal';

import type { MetricFacts } from '../metric/define-metric.js';
import { rowsOfSet, type EvaluatedSet, type EvaluatedSets } from '../metric/evaluated-sets.js';

/** Real records in both places, and whether their sizes are those of the sets that were compared. */
export interface GoldenPair {
  readonly sets: EvaluatedSets;
  readonly n: readonly [number, number];
  readonly isFloor: boolean;
}

/**
 * Two disjoint random sets of real records, from golden and, where it is given, the reference: m and n of them where there are so many, else as many as there
 * are, in the same proportion. For a metric of synthetic alone: as many golden records as synthetic has, or all.
 */
export function goldenPair(of: MetricFacts['of'], sets: EvaluatedSets, seed: number, split: number): GoldenPair {
  const { golden, reference } = sets;
  const [m, n] = [rowsOfSet(sets.synthetic), rowsOfSet(golden)];
  if (of === 'synthetic') {
    const rows = Math.min(m, n);
    const order = sampleWithoutReplacement(n, rows, randomFor(seed, 'floor', split));
    const { exemplars } = sets;
    return {
      sets: { synthetic: some(golden, order), golden, ...(exemplars && { exemplars }) },
      n: [rows, n],
      isFloor: rows === m,
    };
  }
  const real = reference ? joined(golden, reference) : golden;
  const total = rowsOfSet(real);
  const enough = total >= m + n;
  const first = enough ? m : Math.min(total - 1, Math.max(1, Math.round((total * m) / (m + n))));
  const second = enough ? n : total - first;
  const order = sampleWithoutReplacement(total, first + second, randomFor(seed, 'floor', split));
  return {
    sets: { synthetic: some(real, order.subarray(0, first)), golden: some(real, order.subarray(first)) },
    n: [first, second],
    isFloor: enough,
  };
}

function some({ embeddings, texts, labels }: EvaluatedSet, indices: Int32Array): EvaluatedSet {
  return {
    ...(embeddings && { embeddings: takeRows(embeddings, indices) }),
    ...(texts && { texts: Array.from(indices, (i) => texts[i]) }),
    ...(labels && { labels: Array.from(indices, (i) => labels[i]) }),
  };
}

/** Both sets below one another, with the parts that both have. */
function joined(a: EvaluatedSet, b: EvaluatedSet): EvaluatedSet {
  return {
    ...(a.embeddings && b.embeddings && { embeddings: stacked(a.embeddings, b.embeddings) }),
    ...(a.texts && b.texts && { texts: [...a.texts, ...b.texts] }),
    ...(a.labels && b.labels && { labels: [...a.labels, ...b.labels] }),
  };
}
