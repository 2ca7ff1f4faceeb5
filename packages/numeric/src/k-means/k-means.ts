import { SettingError, ShapeError } from '../errors.js';
import { openAssigner } from './assign.js';
import type { Assigner } from './assigner.js';
import { inertiaOf, meansOf, prepare, type Prepared } from './points.js';
import { firstCenters, requireStart, type Initialization } from './start.js';
import { updateMeans, type Centers } from './update.js';
import { requireFinite, type Matrix } from '../matrix.js';
import { randomFor } from '../random.js';

// Lloyd's algorithm: n points, k centers, d columns. Distances are float32, centers are means summed in float64.

/** Settings of k-means. */
export interface KMeansOptions {
  /** @defaultValue 0 */
  readonly seed?: number;
  /** Names the random stream, for a caller that clusters twice with one seed. @defaultValue 'k-means' */
  readonly purpose?: string;
  /** @defaultValue 'random' */
  readonly initialization?: Initialization;
  /** Lloyd iterations at most, ≥ 1. @defaultValue 500 */
  readonly maxIterations?: number;
  /** Independent starts, of which the one with the least inertia is kept; ≥ 1; one when the centers are given. @defaultValue 1 */
  readonly restarts?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A clustering of n points. */
export interface Clustering {
  /** Nearest center of each point, n; ties go to the smaller index. */
  readonly labels: Int32Array;
  /** Means of the clusters, k × d. */
  readonly centers: Matrix<Float64Array>;
  /** Points a cluster, k; every one ≥ 1 unless there are fewer different points than clusters or the iterations ran out. */
  readonly counts: Int32Array;
  /** Σ squared distance of a point to the mean of its cluster, in float64. */
  readonly inertia: number;
  /** Assignment steps done in the start that was kept. */
  readonly iterations: number;
  /** Whether the last step changed no label. */
  readonly converged: boolean;
  /** Which start was kept, from 0. */
  readonly restart: number;
}

/** State of an iteration. */
export interface KMeansStep {
  /** Which start, from 0. */
  readonly restart: number;
  /** Assignment steps done in it, from 1. */
  readonly iteration: number;
  /** Labels that this step changed, of n. */
  readonly changed: number;
}

/** The end of one start. */
interface Finished extends Omit<Clustering, 'centers' | 'counts'> {
  /** In prepared coordinates, like the inertia, which is good for comparing starts. */
  readonly means: Matrix<Float64Array>;
}

function requireSettings(points: Matrix, k: number, options: KMeansOptions): void {
  if (!Number.isInteger(k) || k < 1) throw new SettingError('kMeans', 'k', 'a whole number ≥ 1', k);
  if (k > points.rows) {
    throw new ShapeError('kMeans', `at least ${k} points for k = ${k}`, `${points.rows}`, 'Ask for fewer clusters.');
  }
  for (const name of ['maxIterations', 'restarts'] as const) {
    const value = options[name] ?? 1;
    if (!Number.isInteger(value) || value < 1) throw new SettingError('kMeans', name, 'a whole number ≥ 1', value);
  }
  requireFinite('kMeans', 'points', points);
  requireStart(points, k, options.initialization ?? 'random');
}

/** Notes which clusters gained or lost points. */
function compare(before: Int32Array, after: Int32Array, dirty: Uint8Array): void {
  for (let i = 0; i < before.length; i++) if (before[i] !== after[i]) dirty[before[i]] = dirty[after[i]] = 1;
}

/** One start, as a generator of its steps. */
function* lloyd(
  points: Matrix<Float32Array>,
  assigner: Assigner,
  means: Matrix<Float64Array>,
  { restart, maxIterations }: { readonly restart: number; readonly maxIterations: number },
): Generator<KMeansStep, Finished> {
  const k = means.rows;
  const centers: Centers = { means, counts: new Int32Array(k), dirty: new Uint8Array(k).fill(1) };
  const before = new Int32Array(points.rows);
  assigner.begin(means);
  let changed = points.rows;
  let iterations = 1;
  yield { restart, iteration: iterations, changed };
  while (changed > 0 && iterations < maxIterations) {
    updateMeans(points, centers, assigner);
    before.set(assigner.labels);
    changed = assigner.step(means);
    compare(before, assigner.labels, centers.dirty);
    yield { restart, iteration: ++iterations, changed };
  }
  if (changed > 0) updateMeans(points, centers, assigner);
  const labels = assigner.labels.slice();
  return { labels, means, inertia: inertiaOf(points, labels, means), iterations, converged: changed === 0, restart };
}

/** The answer in the points' own coordinates, recomputed from them in float64. */
function clusteringOf(points: Matrix, prepared: Prepared, finished: Finished): Clustering {
  const { means, ...rest } = finished;
  const { labels } = rest;
  const centers = meansOf(points, labels, means, prepared);
  const counts = new Int32Array(means.rows);
  for (const label of labels) counts[label]++;
  return { ...rest, centers, counts, inertia: inertiaOf(points, labels, centers) };
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
  const { seed = 0, purpose = 'k-means', initialization = 'random', maxIterations = 500, signal } = options;
  const starts = typeof initialization === 'string' ? (options.restarts ?? 1) : 1;
  const prepared = prepare(points);
  const assigner = openAssigner(prepared.points, k);
  let best: Finished | undefined;
  for (let restart = 0; restart < starts; restart++) {
    const first = firstCenters(prepared, assigner, { k, initialization }, randomFor(seed, purpose, restart));
    const steps = lloyd(prepared.points, assigner, first, { restart, maxIterations });
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      signal?.throwIfAborted();
      yield step.value;
    }
    if (best === undefined || step.value.inertia < best.inertia) best = step.value;
  }
  return clusteringOf(points, prepared, best as Finished);
}

/**
 * k-means clustering by Lloyd's algorithm to convergence, exact up to the float32 rounding of distances; the same for the same seed.
 * An empty cluster takes over the point farthest from its own center. Memory: the points and n × k bounds in float32, or the points
 * alone when the bounds would exceed 256 MiB.
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
