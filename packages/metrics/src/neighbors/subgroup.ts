import { randomFor, takeRows, type Matrix } from '@mixture-of-personas/numeric';
import { meanRow } from '@mixture-of-personas/numeric/internal';

import { frechetDistance } from '../distances/frechet.js';
import { answerDistances } from '../labels/answers.js';
import { requireLabels, requireSets, type Labeled } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { percentileBootstrap } from '../metric/intervals.js';
import { clusterLabels } from './cluster-labels.js';
import { manifold, type ManifoldOptions } from './manifold.js';

/** One golden group and how the synthetic set treats it. */
export interface Subgroup {
  readonly name: string;
  readonly goldenRows: number;
  readonly syntheticRows: number;
  readonly goldenShare: number;
  readonly syntheticShare: number;
  /** Share of the group's golden rows inside some synthetic k-NN ball, [0, 1]. */
  readonly recall: number;
  /**
   * Fréchet distance between the group's tail deciles: of either set, the tenth of its rows farthest from the golden group's mean. Null where one
   * of them has fewer than 2 rows.
   */
  readonly tailFrechet: number | null;
}

/** Subgroup coverage of a whole set. */
export interface SubgroupCoverage {
  /** Groups of golden, largest first. */
  readonly groups: readonly Subgroup[];
  /** Mean recall over groups, each counting the same. */
  readonly meanRecall: number;
  /** Recall of the group reached least. */
  readonly worstRecall: number;
  /** ½ Σ |share − share| over the groups of both sets. */
  readonly totalVariation: number;
  /** Share of golden's groups that synthetic has at all. */
  readonly reached: number;
  /** n₂ flags: the golden row lies in a synthetic ball. */
  readonly inside: Uint8Array;
}

/**
 * Is every part of golden reached? Per group (label or cluster): its share on both sides, k-NN recall, and the distance of the tails.
 * @param synthetic n₁ × d with a group a row
 * @param golden n₂ × d with a group a row
 * @throws ShapeError when groups and rows do not match, and as `manifold`
 */
export function subgroupCoverage(synthetic: Labeled, golden: Labeled, options: ManifoldOptions = {}): SubgroupCoverage {
  requireSets('subgroupCoverage', synthetic.embeddings, golden.embeddings, 2);
  requireLabels('subgroupCoverage', { synthetic, golden });
  const { reached: inside } = manifold(synthetic.embeddings, golden.embeddings, options);
  const goldenRows = rowsByGroup(golden.labels);
  const syntheticRows = rowsByGroup(synthetic.labels);
  const groups = [...goldenRows]
    .map(([name, rows]) => groupOf(name, { synthetic, golden }, syntheticRows.get(name) ?? [], rows, inside))
    .sort((a, b) => b.goldenRows - a.goldenRows || (a.name < b.name ? -1 : 1));
  const names = [...new Set([...goldenRows.keys(), ...syntheticRows.keys()])];
  const counts = (rows: ReadonlyMap<string, number[]>): number[] => names.map((name) => rows.get(name)?.length ?? 0);
  return {
    groups,
    meanRecall: groups.reduce((sum, { recall }) => sum + recall, 0) / groups.length,
    worstRecall: Math.min(...groups.map(({ recall }) => recall)),
    totalVariation: answerDistances(counts(syntheticRows), counts(goldenRows)).totalVariation,
    reached: groups.filter((group) => group.syntheticRows > 0).length / groups.length,
    inside,
  };
}

function groupOf(
  name: string,
  sets: { readonly synthetic: Labeled; readonly golden: Labeled },
  ...[syntheticRows, goldenRows, inside]: [number[], number[], Uint8Array]
): Subgroup {
  const goldenGroup = takeRows(sets.golden.embeddings, goldenRows);
  const center = meanRow(goldenGroup);
  const goldenTail = tailOf(goldenGroup, center);
  const syntheticTail = tailOf(takeRows(sets.synthetic.embeddings, syntheticRows), center);
  return {
    name,
    goldenRows: goldenRows.length,
    syntheticRows: syntheticRows.length,
    goldenShare: goldenRows.length / sets.golden.labels.length,
    syntheticShare: syntheticRows.length / sets.synthetic.labels.length,
    recall: goldenRows.reduce((sum, i) => sum + inside[i], 0) / goldenRows.length,
    tailFrechet: goldenTail.rows < 2 || syntheticTail.rows < 2 ? null : frechetDistance(syntheticTail, goldenTail),
  };
}

/** Row numbers of each group, in the order groups first occur. */
function rowsByGroup(labels: readonly string[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  labels.forEach((label, i) => {
    const rows = groups.get(label);
    if (rows) rows.push(i);
    else groups.set(label, [i]);
  });
  return groups;
}

/** The tenth of the rows (rounded down) farthest from a center. */
function tailOf(group: Matrix, center: Float64Array): Matrix {
  const { data, rows, cols } = group;
  const distances = Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += (data[i * cols + j] - center[j]) ** 2;
    return sum;
  });
  const order = Int32Array.from({ length: rows }, (_, i) => i).sort((a, b) => distances[b] - distances[a] || a - b);
  return takeRows(group, order.subarray(0, Math.floor(rows / 10)));
}

/** Subgroup coverage, over labels where both sets have them, else over clusters of golden. */
export const subgroup: Metric<'subgroup'> = defineMetric({
  name: 'subgroup',
  facts: {
    title: 'Subgroup recall (mean)',
    better: 'higher',
    range: [0, 1],
    needs: 'embeddings and labels',
    of: 'two sets',
    functions: ['subgroupCoverage'],
    formula: 'per label or cluster: share, k-NN recall, Fréchet distance of the far tenth',
    source: 'per-group recall',
    cost: 'as recall',
  },
  compute: (sets) => {
    const both = sets.vectors('subgroup');
    const { neighbors, normalize, precision, seed, clusters } = sets.settings;
    const labeled = sets.given.synthetic.labels !== undefined && sets.given.golden.labels !== undefined;
    const groups = labeled
      ? sets.labels('subgroup')
      : clusterLabels(...both, { clusters: Math.min(clusters, both[1].rows), seed });
    const [synthetic, golden] = both.map((embeddings, side) => ({ embeddings, labels: groups[side] }));
    const coverage = subgroupCoverage(synthetic, golden, sets.settings);
    return {
      value: coverage.meanRecall,
      parts: partsOf(coverage),
      settings: { neighbors, normalize, precision, groups: labeled ? 'labels' : `${clusters} clusters of golden` },
      warnings: groupWarnings(coverage),
      state: { inside: coverage.inside, groups: [...rowsByGroup(golden.labels).values()] },
    };
  },
  resample: ({ inside, groups }, { settings: { seed } }) =>
    percentileBootstrap('golden rows within their group, balls held fixed', stratifiedMean(inside, groups, seed)),
});

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
