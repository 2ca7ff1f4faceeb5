import { SettingError, ShapeError } from './errors.js';
import { openAssigner, type Assigner } from './k-means-assign.js';
import { requireFinite, rowOf, takeRows, toFloat32, zeros, type Matrix } from './matrix.js';
import { drawIndex, randomFor, sampleWithoutReplacement, type Random } from './random.js';

// Lloyd's algorithm: n points, k centres, d columns. Distances are float32, centres are means summed in float64.

/** How the first centres are chosen: k different rows at random, k-means++ (far from those chosen already), or given, k × d. */
export type Initialization = 'random' | 'plusplus' | Matrix;

export interface KMeansOptions {
  /** @defaultValue 0 */
  readonly seed?: number;
  /** @defaultValue 'random' */
  readonly initialization?: Initialization;
  /** Lloyd iterations at most, ≥ 1. @defaultValue 500 */
  readonly maxIterations?: number;
  /** Independent starts, of which the one with the least inertia is kept; ≥ 1. @defaultValue 1 */
  readonly restarts?: number;
  readonly signal?: AbortSignal;
}

/** A clustering of n points. */
export interface Clustering {
  /** Nearest centre of each point, n; ties go to the smaller index. */
  readonly labels: Int32Array;
  /** Means of the clusters, k × d. */
  readonly centres: Matrix<Float64Array>;
  /** Points a cluster, k; every one ≥ 1 unless there are fewer different points than clusters. */
  readonly counts: Int32Array;
  /** Σ squared distance of a point to the mean of its cluster, summed in float64. */
  readonly inertia: number;
  /** Assignment steps done. */
  readonly iterations: number;
  /** Whether the last step changed no label. */
  readonly converged: boolean;
}

/** Where an iteration stands. */
export interface KMeansStep {
  readonly iteration: number;
  /** Labels that this step changed, of n. */
  readonly changed: number;
}

/** Centres as the assigner reads them: float32, rows of `width` ≥ d numbers, zeros behind. */
interface Centres {
  readonly exact: Matrix<Float64Array>;
  readonly counts: Int32Array;
}

function requireSettings(points: Matrix, k: number, options: KMeansOptions): void {
  if (!Number.isInteger(k) || k < 1) throw new SettingError('kMeans', 'k', 'a whole number ≥ 1', k);
  if (k > points.rows) {
    throw new ShapeError('kMeans', `at least ${k} points for k = ${k}`, `${points.rows}`, 'Ask for fewer clusters.');
  }
  for (const name of ['maxIterations', 'restarts'] as const) {
    const value = options[name];
    if (value !== undefined && !(value >= 1)) throw new SettingError('kMeans', name, '≥ 1', value);
  }
  requireFinite('kMeans', 'points', points);
}

/** k-means++ (Arthur & Vassilvitskii 2007): each next centre is a point drawn with probability ∝ squared distance to the nearest. */
function plusPlus(points: Matrix, k: number, random: Random): Int32Array {
  const chosen = new Int32Array(k);
  const nearest = new Float64Array(points.rows).fill(Infinity);
  chosen[0] = Math.floor(random() * points.rows);
  for (let c = 1; c < k; c++) {
    const centre = rowOf(points, chosen[c - 1]);
    for (let i = 0; i < points.rows; i++) nearest[i] = Math.min(nearest[i], squaredDistance(rowOf(points, i), centre));
    chosen[c] = drawIndex(nearest, random);
  }
  return chosen;
}

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let p = 0; p < a.length; p++) sum += (a[p] - b[p]) ** 2;
  return sum;
}

function firstCentres(points: Matrix, k: number, start: Initialization, random: Random): Matrix {
  if (start === 'random') return takeRows(points, sampleWithoutReplacement(points.rows, k, random));
  if (start === 'plusplus') return takeRows(points, plusPlus(points, k, random));
  if (start.rows !== k || start.cols !== points.cols) {
    throw new ShapeError(
      'kMeans',
      `starting centres of ${k} × ${points.cols}`,
      `${start.rows} × ${start.cols}`,
      'Give one row a cluster.',
    );
  }
  return start;
}

/** Means of the clusters that `dirty` names; an empty cluster takes the point farthest from its own mean. */
function updateMeans(points: Matrix, centres: Centres, assigner: Assigner, dirty: Uint8Array): void {
  const { labels, nearest } = assigner;
  const { exact, counts } = centres;
  const d = points.cols;
  counts.fill(0);
  for (const label of labels) counts[label]++;
  for (let c = 0; c < counts.length; c++) {
    if (counts[c] > 0) continue;
    const far = farthest(nearest, labels, counts);
    if (far < 0) continue; // fewer different points than clusters
    dirty[labels[far]] = dirty[c] = 1;
    counts[labels[far]]--;
    counts[c] = 1;
    labels[far] = c;
    nearest[far] = 0;
  }
  for (let c = 0; c < counts.length; c++) if (dirty[c] && counts[c] > 0) exact.data.fill(0, c * d, (c + 1) * d);
  for (let i = 0; i < labels.length; i++) {
    const c = labels[i];
    if (!dirty[c]) continue;
    for (let p = 0, at = c * d, from = i * d; p < d; p++) exact.data[at + p] += points.data[from + p];
  }
  for (let c = 0; c < counts.length; c++) {
    if (!dirty[c] || counts[c] === 0) continue;
    for (let p = 0, at = c * d; p < d; p++) exact.data[at + p] /= counts[c];
  }
}

/** The point farthest from its centre among clusters of two or more; −1 when none is off its centre. */
function farthest(nearest: Float32Array, labels: Int32Array, counts: Int32Array): number {
  let far = -1;
  for (let i = 0; i < nearest.length; i++) {
    if (counts[labels[i]] > 1 && nearest[i] > (far < 0 ? 0 : nearest[far])) far = i;
  }
  return far;
}

function inertiaOf(points: Matrix, labels: Int32Array, centres: Matrix<Float64Array>): number {
  let sum = 0;
  for (let i = 0; i < points.rows; i++) sum += squaredDistance(rowOf(points, i), rowOf(centres, labels[i]));
  return sum;
}

/** One start, as a generator of its steps; the clustering is its return value. */
function* lloyd(
  points: Matrix,
  assigner: Assigner,
  start: Matrix,
  maxIterations: number,
): Generator<KMeansStep, Clustering> {
  const k = start.rows;
  const exact = zeros(k, points.cols);
  exact.data.set(start.data);
  const centres: Centres = { exact, counts: new Int32Array(k) };
  const before = new Int32Array(points.rows);
  const dirty = new Uint8Array(k);
  let changed = assigner.begin(exact);
  let iteration = 1;
  dirty.fill(1);
  yield { iteration, changed };
  while (changed > 0 && iteration < maxIterations) {
    updateMeans(points, centres, assigner, dirty);
    before.set(assigner.labels);
    changed = assigner.step(exact);
    dirty.fill(0);
    for (let i = 0; i < before.length; i++) {
      if (before[i] !== assigner.labels[i]) dirty[before[i]] = dirty[assigner.labels[i]] = 1;
    }
    iteration++;
    yield { iteration, changed };
  }
  if (changed > 0) updateMeans(points, centres, assigner, dirty);
  const labels = assigner.labels.slice();
  const inertia = inertiaOf(points, labels, exact);
  return {
    labels,
    centres: exact,
    counts: centres.counts.slice(),
    inertia,
    iterations: iteration,
    converged: changed === 0,
  };
}

/**
 * k-means as a generator: yields after every assignment step of every restart, returns the best clustering.
 * @param points n × d, finite
 * @param k clusters, 1 … n
 * @throws SettingError, ShapeError for settings and shapes that make no sense; the signal's reason when aborted
 */
export function* kMeansSteps(
  points: Matrix,
  k: number,
  options: KMeansOptions = {},
): Generator<KMeansStep, Clustering> {
  requireSettings(points, k, options);
  const { seed = 0, initialization = 'random', maxIterations = 500, restarts = 1, signal } = options;
  const single = toFloat32(points);
  const assigner = openAssigner(single, k);
  let best: Clustering | undefined;
  for (let restart = 0; restart < restarts; restart++) {
    const start = firstCentres(single, k, initialization, randomFor(seed, 'k-means', restart));
    const steps = lloyd(single, assigner, start, maxIterations);
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      signal?.throwIfAborted();
      yield step.value;
    }
    if (best === undefined || step.value.inertia < best.inertia) best = step.value;
  }
  return best as Clustering;
}

/**
 * k-means clustering by Lloyd's algorithm to convergence, exact up to the float32 rounding of distances; the same for the same seed.
 * An empty cluster takes over the point farthest from its own mean. Memory: the points and n × k numbers in float32 (bounds that
 * spare nine tenths of the distances), or n × 0 when those would exceed 256 MiB.
 * @param points n × d, finite
 * @param k clusters, 1 … n
 * @throws SettingError, ShapeError for settings and shapes that make no sense; the signal's reason when aborted
 */
export function kMeans(points: Matrix, k: number, options: KMeansOptions = {}): Clustering {
  const steps = kMeansSteps(points, k, options);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
