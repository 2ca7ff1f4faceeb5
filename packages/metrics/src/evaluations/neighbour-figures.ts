import { randomFor, type Matrix } from '@mixture-of-personas/numeric';

import type { Manifold } from '../coverage.js';
import type { MetricName } from '../figure.js';
import { clusterLabels } from '../cluster-labels.js';
import { rowsByGroup, subgroupCoverage, type SubgroupCoverage } from '../subgroup.js';
import { nearestNeighbourTest } from '../two-sample.js';
import type { Computation } from './outcome.js';
import type { Both, ReadySets } from './ready-sets.js';
import { resampledMean } from './resampling.js';

/** One of the four k-NN figures; they share one computation. The balls are held fixed while rows are resampled. */
export function manifoldFigure(metric: 'precision' | 'recall' | 'density' | 'coverage'): Computation {
  return (sets) => {
    const manifold = sets.manifold(metric);
    const { neighbours, normalize, precision, seed } = sets.settings;
    return {
      value: manifold[metric],
      settings: { neighbours, normalize, precision },
      warnings: ballWarnings(manifold),
      resampler: {
        method: 'percentile',
        over: `rows of ${metric === 'precision' || metric === 'density' ? 'synthetic' : 'golden'}, balls held fixed`,
        sample: resampledMean(perRow(manifold, metric, neighbours), seed),
      },
    };
  };
}

function perRow(manifold: Manifold, metric: MetricName, k: number): ArrayLike<number> {
  if (metric === 'precision') return manifold.ballsAround.map((balls) => (balls > 0 ? 1 : 0));
  if (metric === 'density') return manifold.ballsAround.map((balls) => balls / k);
  return metric === 'recall' ? manifold.reached : manifold.covered;
}

function ballWarnings({ emptyBalls: [synthetic, golden] }: Manifold): string[] {
  if (synthetic + golden === 0) return [];
  return [
    `${synthetic} synthetic and ${golden} golden rows have so many exact copies that their balls have radius 0 and hold nothing.`,
  ];
}

/** 1-NN two-sample test. */
export const twoSample: Computation = ({ vectors, settings }) => {
  const both = vectors('c2st');
  const { accuracy, onSynthetic, onGolden, correct } = nearestNeighbourTest(...both, settings);
  const [n, m] = [both[0].rows, both[1].rows];
  const chance = (n * (n - 1) + m * (m - 1)) / ((n + m) * (n + m - 1));
  return {
    value: accuracy,
    parts: { onSynthetic, onGolden, chance },
    settings: { classifier: '1-NN, leave one out', normalize: settings.normalize, precision: settings.precision },
    warnings:
      Math.max(n, m) > 1.5 * Math.min(n, m)
        ? [`The sets differ in size: sets that cannot be told apart score ${chance.toFixed(3)}, not 0.5.`]
        : [],
    resampler: { method: 'percentile', over: 'decisions', sample: resampledMean(correct, settings.seed) },
  };
};

/** Subgroup coverage, over labels where both sets have them, else over clusters of golden. */
export const subgroup: Computation = (sets) => {
  const both = sets.vectors('subgroup');
  const groups = sets.hasLabels ? sets.labels('subgroup') : clustersOf(both, sets);
  const [synthetic, golden] = both.map((embeddings, side) => ({ embeddings, labels: groups[side] }));
  const coverage = subgroupCoverage(synthetic, golden, sets.settings);
  const { neighbours, normalize, precision, seed, clusters } = sets.settings;
  return {
    value: coverage.meanRecall,
    parts: partsOf(coverage),
    settings: {
      neighbours,
      normalize,
      precision,
      groups: sets.hasLabels ? 'labels' : `${clusters} clusters of golden`,
    },
    warnings: groupWarnings(coverage),
    resampler: {
      method: 'percentile',
      over: 'golden rows within their group, balls held fixed',
      sample: stratifiedMean(coverage.inside, [...rowsByGroup(golden.labels).values()], seed),
    },
  };
};

function clustersOf([synthetic, golden]: Both<Matrix>, { settings }: ReadySets): Both<readonly string[]> {
  return clusterLabels(synthetic, golden, { clusters: Math.min(settings.clusters, golden.rows), seed: settings.seed });
}

function partsOf({ groups, worstRecall, totalVariation, reached }: SubgroupCoverage): Record<string, number> {
  const parts: Record<string, number> = { worstRecall, totalVariation, reached };
  for (const group of groups) {
    parts[`recall.${group.name}`] = group.recall;
    parts[`share.${group.name}`] = group.syntheticShare;
    parts[`goldenShare.${group.name}`] = group.goldenShare;
    if (group.tailFrechet !== null) parts[`tailFrechet.${group.name}`] = group.tailFrechet;
  }
  return parts;
}

function groupWarnings({ groups }: SubgroupCoverage): string[] {
  const missing = groups.filter((group) => group.syntheticRows === 0).map(({ name }) => name);
  const small = groups.filter((group) => group.goldenRows < 30).map(({ name }) => name);
  return [
    ...(missing.length > 0 ? [`Synthetic has no row of: ${missing.join(', ')}.`] : []),
    ...(small.length > 0 ? [`Fewer than 30 golden rows, so read with care: ${small.join(', ')}.`] : []),
  ];
}

function stratifiedMean(flags: Uint8Array, groups: readonly number[][], seed: number): (index: number) => number {
  return (index) => {
    const random = randomFor(seed, 'bootstrap-mean', index);
    let sum = 0;
    for (const rows of groups) {
      let hits = 0;
      for (let i = 0; i < rows.length; i++) hits += flags[rows[Math.floor(random() * rows.length)]];
      sum += hits / rows.length;
    }
    return sum / groups.length;
  };
}
