import { ShapeError, takeRows, type Matrix } from '@mixture-of-personas/numeric';

import { requireSets } from './checks.js';
import { manifold, type ManifoldOptions } from './coverage.js';
import type { Labelled } from './f1.js';
import { frechetDistance } from './frechet.js';
import { answerDistances } from './answers.js';

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
export function subgroupCoverage(
  synthetic: Labelled,
  golden: Labelled,
  options: ManifoldOptions = {},
): SubgroupCoverage {
  requireSets('subgroupCoverage', synthetic.embeddings, golden.embeddings, 2);
  for (const [name, { embeddings, labels }] of [
    ['synthetic', synthetic],
    ['golden', golden],
  ] as const) {
    if (labels.length === embeddings.rows) continue;
    throw new ShapeError(
      'subgroupCoverage',
      `${embeddings.rows} groups in ${name}`,
      String(labels.length),
      'Give one group a row.',
    );
  }
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
  sets: { readonly synthetic: Labelled; readonly golden: Labelled },
  ...[syntheticRows, goldenRows, inside]: [number[], number[], Uint8Array]
): Subgroup {
  const goldenGroup = takeRows(sets.golden.embeddings, goldenRows);
  const centre = meanRow(goldenGroup);
  const goldenTail = tailOf(goldenGroup, centre);
  const syntheticTail = tailOf(takeRows(sets.synthetic.embeddings, syntheticRows), centre);
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
export function rowsByGroup(labels: readonly string[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  labels.forEach((label, i) => {
    const rows = groups.get(label);
    if (rows) rows.push(i);
    else groups.set(label, [i]);
  });
  return groups;
}

function meanRow({ data, rows, cols }: Matrix): Float64Array {
  const mean = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) mean[j] += data[i * cols + j] / rows;
  return mean;
}

/** The tenth of the rows (rounded down) farthest from a centre. */
function tailOf(group: Matrix, centre: Float64Array): Matrix {
  const { data, rows, cols } = group;
  const distances = Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += (data[i * cols + j] - centre[j]) ** 2;
    return sum;
  });
  const order = Int32Array.from({ length: rows }, (_, i) => i).sort((a, b) => distances[b] - distances[a] || a - b);
  return takeRows(group, order.subarray(0, Math.floor(rows / 10)));
}
