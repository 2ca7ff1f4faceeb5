import { randomFor } from '@mixture-of-personas/numeric';

import { mauveScore } from '../divergence-frontier.js';
import { mauve } from '../mauve.js';
import type { Computation } from './outcome.js';

/** MAUVE; rows are resampled within the clustering found, and the spread over k-means runs stands beside. */
export const mauveFigure: Computation = ({ embeddings, settings }) => {
  const both = embeddings('mauve');
  const result = mauve(...both, settings.mauve);
  const { scaling = 5, points = 25, pcaShare = 0.9, restarts = 5 } = settings.mauve;
  const { buckets, components, syntheticBuckets, goldenBuckets } = result;
  const drawn = (from: Int32Array, index: number): Float64Array => {
    const random = randomFor(settings.seed, 'bootstrap-buckets', index);
    const counts = new Float64Array(buckets);
    for (let i = 0; i < from.length; i++) counts[from[Math.floor(random() * from.length)]]++;
    return counts;
  };
  return {
    value: result.mauve,
    parts: {
      mauveStar: result.mauveStar,
      frontierIntegral: result.frontierIntegral,
      frontierIntegralStar: result.frontierIntegralStar,
      runSpread: result.runSpread,
      ...missingBuckets(result.syntheticCounts, result.goldenCounts),
    },
    settings: { buckets, scaling, pcaShare, components, restarts, points, lowest: lowestScore(scaling, points) },
    warnings: countWarnings(Math.min(both[0].rows, both[1].rows), buckets),
    resampler: {
      method: 'basic',
      over: 'rows of both sets, clustering held fixed',
      sample: (index) =>
        mauveScore(drawn(syntheticBuckets, 2 * index), drawn(goldenBuckets, 2 * index + 1), scaling, points),
    },
  };
};

/** Share of golden's rows in buckets without a synthetic row, and of synthetic's in buckets without a golden one. */
function missingBuckets(p: Float64Array, q: Float64Array): Record<string, number> {
  let unreached = 0;
  let invented = 0;
  let [syntheticRows, goldenRows] = [0, 0];
  for (let b = 0; b < p.length; b++) {
    if (p[b] === 0) unreached += q[b];
    if (q[b] === 0) invented += p[b];
    syntheticRows += p[b];
    goldenRows += q[b];
  }
  return { goldenUnreached: unreached / goldenRows, syntheticInvented: invented / syntheticRows };
}

/** What two sets without a common bucket score. */
function lowestScore(scaling: number, points: number): number {
  return mauveScore([1, 0], [0, 1], scaling, points);
}

function countWarnings(n: number, buckets: number): string[] {
  if (n >= 5 * buckets) return [];
  return [
    `${n} rows for ${buckets} buckets: fewer than 5 a bucket, so even equal distributions score well below 1. Read it against the floor.`,
  ];
}
