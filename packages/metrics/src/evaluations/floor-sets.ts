import { randomFor, sampleWithoutReplacement, takeRows } from '@mixture-of-personas/numeric';

import type { EvaluatedSet, EvaluatedSets } from '../evaluate-sets.js';
import type { MetricName } from '../figure.js';

/** Figures of one set: their floor is golden's own figure, at synthetic's number of rows. */
const ONE_SET: readonly MetricName[] = ['vendi', 'distinct-n', 'self-bleu'];

/** Golden against golden: two random halves; for figures of one set, as many golden rows as synthetic has (or all). */
export function floorSets(metric: MetricName, sets: EvaluatedSets, seed: number, split: number): EvaluatedSets {
  const { golden } = sets;
  const n = rowsOf(golden);
  const order = sampleWithoutReplacement(n, n, randomFor(seed, 'floor', split));
  const half = n >> 1;
  if (ONE_SET.includes(metric)) {
    return { synthetic: some(golden, order.subarray(0, Math.min(n, rowsOf(sets.synthetic)))), golden };
  }
  return { synthetic: some(golden, order.subarray(0, half)), golden: some(golden, order.subarray(half)) };
}

function rowsOf({ embeddings, texts, labels }: EvaluatedSet): number {
  return embeddings?.rows ?? texts?.length ?? labels?.length ?? 0;
}

function some({ embeddings, texts, labels }: EvaluatedSet, indices: Int32Array): EvaluatedSet {
  return {
    ...(embeddings && { embeddings: takeRows(embeddings, indices) }),
    ...(texts && { texts: Array.from(indices, (i) => texts[i]) }),
    ...(labels && { labels: Array.from(indices, (i) => labels[i]) }),
  };
}
