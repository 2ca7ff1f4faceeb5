import {
  kMeans,
  multiplyByTranspose,
  randomFor,
  requireFinite,
  rowOf,
  sampleWithoutReplacement,
  SettingError,
  ShapeError,
  unitRows,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { PersonaError } from '../errors.js';
import type { Persona, PopulationRecord } from '../record.js';
import { chosenExemplars, firstOfEachText, type ChosenExemplars } from './exemplars.js';

/** Options of a preselection. */
export interface PreselectOptions {
  /** Candidates to keep, 1 … those that there are. */
  readonly count: number;
  readonly seed: number;
  /** Clusters of the target, each with candidates in proportion to its records. @defaultValue ⌈√records⌉, at most the near candidates */
  readonly clusters?: number | undefined;
  /** Share of `count` drawn at random from the candidates that are not near, [0, 1], so that what the embedding misses can still be found. @defaultValue 0.1 */
  readonly randomShare?: number | undefined;
}

/** Rows of one encoder. */
interface PreselectRows {
  /** One row a candidate. */
  readonly candidates: Matrix;
  /** One row per record of the target. */
  readonly target: Matrix;
}

/**
 * Keeps the personas of a large library that lie nearest to a target population, and a random share. Exact: every cosine of a persona and a
 * cluster center is computed, O(clusters × personas × d); the clusters themselves are k-means', which depends on the seed. Candidates are
 * reduced, not weighted: the gate does that.
 * @returns personas in the order of the library
 * @throws PersonaError when there are fewer personas than `count`; SettingError or ShapeError when options or rows do not fit
 */
export function preselectPersonas(
  personas: readonly Persona[],
  rows: PreselectRows,
  options: PreselectOptions,
): { readonly personas: readonly Persona[]; readonly indices: Int32Array } {
  requireRows('preselectPersonas', personas.length, rows);
  const all = Int32Array.from(personas, (_, i) => i);
  const indices = nearest(rows, all, { where: 'preselectPersonas', ...options });
  return { personas: Array.from(indices, (i) => personas[i]!), indices };
}

/**
 * Keeps the records of a pool that lie nearest to a target population, and a random share, as exemplars; exact in the sense of
 * `preselectPersonas`. Of records with the same text only the first can be kept.
 * @returns exemplars in the order of the pool; `own` is for the records of the pool, `ownExemplars` gives it for those of the target
 * @throws PersonaError when there are fewer different texts than `count`; SettingError or ShapeError when options or rows do not fit
 */
export function preselectExemplars(
  pool: readonly PopulationRecord[],
  rows: PreselectRows,
  options: PreselectOptions,
): ChosenExemplars {
  requireRows('preselectExemplars', pool.length, rows);
  const firsts = Int32Array.from(firstOfEachText(pool));
  return chosenExemplars(pool, nearest(rows, firsts, { where: 'preselectExemplars', ...options }));
}

function nearest(
  { candidates, target }: PreselectRows,
  among: Int32Array,
  options: PreselectOptions & { readonly where: string },
): Int32Array {
  const { where, count, seed, randomShare = 0.1 } = options;
  if (!Number.isInteger(count) || count < 1) throw new SettingError(where, 'count', 'a whole number from 1 on', count);
  if (!(randomShare >= 0 && randomShare <= 1))
    throw new SettingError(where, 'randomShare', 'a number from 0 to 1', randomShare);
  if (count > among.length)
    throw new PersonaError(`${count} candidates were asked for, but there are only ${among.length}.`, {
      remedy: 'Ask for fewer or give a larger library.',
    });
  const near = count - Math.floor(count * randomShare);
  const chosen = new Set(near === 0 ? [] : nearClusters(candidates, target, { ...options, near, among }));
  const rest = among.filter((i) => !chosen.has(i));
  const drawn = sampleWithoutReplacement(rest.length, count - chosen.size, randomFor(seed, 'preselect', 0));
  for (const i of drawn) chosen.add(rest[i]!);
  return Int32Array.from(chosen).sort();
}

/** The near candidates: center by center the nearest one left, each center as often as its share of the records says. */
function nearClusters(
  candidates: Matrix,
  target: Matrix,
  options: PreselectOptions & { readonly near: number; readonly among: Int32Array; readonly where: string },
): number[] {
  const { near, among, seed, where } = options;
  const most = Math.min(near, target.rows);
  const clusters = options.clusters ?? Math.min(most, Math.ceil(Math.sqrt(target.rows)));
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > most)
    throw new SettingError(where, 'clusters', `a whole number from 1 to ${most}`, clusters);
  const { labels, centers } = kMeans(unitRows(target), clusters, { seed, initialization: 'plusplus' });
  const cosines = multiplyByTranspose(centers, unitRows(candidates));
  const sizes = Array.from({ length: clusters }, () => 0);
  for (const label of labels) sizes[label] = sizes[label]! + 1;
  const got = sizes.map(() => 0);
  const free = new Uint8Array(candidates.rows);
  for (const i of among) free[i] = 1;
  return Array.from({ length: near }, () => {
    const c = mostBehind(sizes, got);
    const row = rowOf(cosines, c);
    let best = -1;
    for (let i = 0; i < row.length; i++) if (free[i] === 1 && (best < 0 || row[i]! > row[best]!)) best = i;
    free[best] = 0;
    got[c] = got[c]! + 1;
    return best;
  });
}

/** The cluster with the largest quotient size / (candidates + 1): Jefferson's rule for shares in whole numbers; empty clusters have none. */
function mostBehind(sizes: readonly number[], got: readonly number[]): number {
  const quotients = sizes.map((size, c) => size / (got[c]! + 1));
  return quotients.indexOf(Math.max(...quotients));
}

function requireRows(where: string, count: number, { candidates, target }: PreselectRows): void {
  if (candidates.rows !== count || target.rows === 0 || candidates.cols !== target.cols) {
    const actual = `${candidates.rows} × ${candidates.cols} and ${target.rows} × ${target.cols}`;
    const expected = `${count} rows of candidates and at least one row of the target, equally long`;
    throw new ShapeError(where, expected, actual, 'Embed candidates and target by the same encoder.');
  }
  requireFinite(where, 'candidates', candidates);
  requireFinite(where, 'target', target);
}
