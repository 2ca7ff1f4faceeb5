import {
  kMeans,
  requireFinite,
  rowOf,
  SettingError,
  ShapeError,
  unitRows,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { PersonaError } from '../errors.js';
import { clusterKeywords } from './keywords.js';
import type { PopulationRecord } from '../record.js';

/** Records that lie together, to be described as one persona. */
export interface RecordCluster {
  /** Indices of its records, the nearest to the center first; at least one. */
  readonly members: readonly number[];
  /** Its most telling words, best first, 24 at most. */
  readonly keywords: readonly string[];
  /** The label most common among its records (ties: the one met first), if they have labels. */
  readonly label?: string;
}

const KEYWORDS = 24;

/**
 * K clusters of records by k-means (k-means++ start) on unit embedding rows, where nearness is cosine similarity.
 * @param records n records
 * @param embeddings n × d, finite, no row of zeros
 * @returns K clusters, none empty, in the order of the centers
 * @throws SettingError when K is no positive integer, PersonaError when K > n or there are fewer than K different rows, ShapeError when the rows do not fit
 */
export function clusterRecords(
  records: readonly PopulationRecord[],
  embeddings: Matrix,
  options: { readonly count: number; readonly seed: number },
): RecordCluster[] {
  const { count, seed } = options;
  requireCount(records, count);
  if (embeddings.rows !== records.length) {
    const got = `${embeddings.rows}`;
    const advice = 'Embed every record first.';
    throw new ShapeError('clusterRecords', `${records.length} embedding rows (one per record)`, got, advice);
  }
  requireFinite('clusterRecords', 'embeddings', embeddings);
  const points = unitRows(embeddings);
  const { labels, centers } = kMeans(points, count, { seed, initialization: 'plusplus' });
  const members: number[][] = Array.from({ length: count }, () => []);
  labels.forEach((cluster, i) => members[cluster]?.push(i));
  const filled = members.filter(({ length }) => length > 0).length;
  if (filled < count) {
    throw new PersonaError(
      `${count} personas were asked for, but the embeddings form only ${filled} groups. Ask for at most ${filled}.`,
    );
  }
  members.forEach((group, k) => {
    const distance = new Map(group.map((i) => [i, squaredDistance(rowOf(points, i), rowOf(centers, k))]));
    group.sort((a, b) => (distance.get(a) ?? 0) - (distance.get(b) ?? 0) || a - b);
  });
  return describedGroups(records, members);
}

/** Groups of records with their words and labels. */
export function describedGroups(
  records: readonly PopulationRecord[],
  groups: readonly (readonly number[])[],
): RecordCluster[] {
  const texts = groups.map((group) => group.map((i) => records[i]?.text ?? ''));
  const keywords = clusterKeywords(texts, KEYWORDS);
  return groups.map((members, k) => {
    const label = commonLabel(members.map((i) => records[i]?.label));
    return { members, keywords: keywords[k] ?? [], ...(label === undefined ? {} : { label }) };
  });
}

/**
 * Checks K against the records.
 * @throws SettingError when K is no positive integer, PersonaError when there are fewer records
 */
export function requireCount(records: readonly PopulationRecord[], count: number): void {
  if (!Number.isInteger(count) || count < 1)
    throw new SettingError('personas', 'count', 'a whole number from 1 on', count);
  if (count <= records.length) return;
  throw new PersonaError(
    `${count} personas were asked for, but there are only ${records.length} records. Ask for at most ${records.length}.`,
  );
}

function commonLabel(labels: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const label of labels) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  let best: string | undefined;
  for (const [label, n] of counts) if (best === undefined || n > (counts.get(best) ?? 0)) best = label;
  return best;
}

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += ((a[j] ?? 0) - (b[j] ?? 0)) ** 2;
  return sum;
}
