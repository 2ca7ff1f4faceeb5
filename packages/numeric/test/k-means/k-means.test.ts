import { describe, expect, it } from '@jest/globals';
import { kmeans as mlKmeans } from 'ml-kmeans';
import { kMeans, kMeansSteps, matrixOf, normal, randomFor, rowOf, takeRows, type Matrix } from '../../src/index.js';

function blobs(n: number, d: number, groups: number, seed: number): Matrix<Float32Array> {
  const random = randomFor(seed, 'blobs', 0);
  const means = Float64Array.from({ length: groups * d }, () => 2 * normal(random));
  const data = Float32Array.from(
    { length: n * d },
    (_, at) => means[(Math.floor(at / d) % groups) * d + (at % d)] + normal(random),
  );
  return { data, rows: n, cols: d };
}

/** Lloyd's algorithm as the textbook has it, in float64. */
function textbook(points: Matrix, start: Matrix): { labels: number[]; inertia: number } {
  let centers = Array.from({ length: start.rows }, (_, c) => Array.from(rowOf(start, c)));
  let labels: number[] = [];
  for (;;) {
    const next = Array.from({ length: points.rows }, (_, i) => {
      const distances = centers.map((center) => center.reduce((sum, v, p) => sum + (v - rowOf(points, i)[p]) ** 2, 0));
      return distances.indexOf(Math.min(...distances));
    });
    if (next.every((label, i) => label === labels[i])) break;
    labels = next;
    centers = centers.map((center, c) => {
      const members = labels.flatMap((label, i) => (label === c ? [rowOf(points, i)] : []));
      return center.map((_, p) => members.reduce((sum, row) => sum + row[p], 0) / members.length);
    });
  }
  const inertia = labels.reduce(
    (sum, c, i) => sum + centers[c].reduce((s, v, p) => s + (v - rowOf(points, i)[p]) ** 2, 0),
    0,
  );
  return { labels, inertia };
}

describe('kMeans', () => {
  it.each([
    [400, 7, 12],
    [900, 33, 40],
  ])('ends where the textbook algorithm ends from the same centers (n %d, d %d, k %d)', (n, d, k) => {
    const points = blobs(n, d, 9, n);
    const start = takeRows(
      points,
      Int32Array.from({ length: k }, (_, i) => i * 11),
    );
    const expected = textbook(points, start);
    const got = kMeans(points, k, { initialization: start });
    expect(Array.from(got.labels)).toEqual(expected.labels);
    expect(Math.abs(got.inertia / expected.inertia - 1)).toBeLessThan(1e-6);
    expect(got.converged).toBe(true);
  });

  it('repeats itself for a seed and is no worse with more restarts', () => {
    const points = blobs(500, 8, 20, 3);
    const once = kMeans(points, 20, { seed: 5 });
    expect(Array.from(kMeans(points, 20, { seed: 5 }).labels)).toEqual(Array.from(once.labels));
    expect(kMeans(points, 20, { seed: 5, restarts: 6 }).inertia).toBeLessThanOrEqual(once.inertia);
  });

  it('never leaves a cluster empty while there are points to give it', () => {
    const points = blobs(300, 4, 3, 8);
    const far = { data: new Float64Array(6 * 4).fill(1e3), rows: 6, cols: 4 };
    const { counts } = kMeans(points, 6, { initialization: far });
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(counts.reduce((a, b) => a + b)).toBe(300);
  });

  it('ends when there are fewer different points than clusters', () => {
    const { inertia, converged } = kMeans(
      matrixOf([
        [1, 2],
        [1, 2],
        [1, 2],
        [3, 4],
      ]),
      3,
    );
    expect(inertia).toBe(0);
    expect(converged).toBe(true);
  });

  it('finds well separated groups from k-means++', () => {
    const points = blobs(600, 16, 6, 11);
    const { labels } = kMeans(points, 6, { initialization: 'plusplus', restarts: 3 });
    for (let i = 6; i < 600; i++) expect(labels[i]).toBe(labels[i % 6]);
  });

  it('yields every step with the number of labels it changed', () => {
    const steps = [...kMeansSteps(blobs(200, 5, 4, 2), 4)];
    expect(steps[0]).toEqual({ restart: 0, iteration: 1, changed: 200 });
    expect(steps.at(-1)?.changed).toBe(0);
  });

  it('ends where ml-kmeans ends from the same centers', () => {
    const points = blobs(700, 12, 15, 21);
    const rows = Array.from({ length: 700 }, (_, i) => Array.from(rowOf(points, i)));
    const start = rows.slice(40, 60);
    const theirs = mlKmeans(rows, 20, { initialization: start, maxIterations: 500, tolerance: 0 });
    const ours = kMeans(points, 20, { initialization: matrixOf(start) });
    expect(Array.from(ours.labels)).toEqual(theirs.clusters);
    theirs.centroids.forEach((center, c) =>
      center.forEach((value, p) => expect(ours.centers.data[c * 12 + p]).toBeCloseTo(value, 9)),
    );
  });

  it.each([
    ['far from the origin', 1, 1e6],
    ['very large', 1e150, 0],
    ['very small', 1e-150, 0],
  ])('gives the same clusters when the points are %s', (_, scale, offset) => {
    const points = blobs(400, 6, 10, 31);
    const moved = { ...points, data: Float64Array.from(points.data, (x) => x * scale + offset) };
    const [here, there] = [kMeans(points, 10, { seed: 2 }), kMeans(moved, 10, { seed: 2 })];
    expect(Array.from(there.labels)).toEqual(Array.from(here.labels));
    expect(Math.abs(there.inertia / scale / scale / here.inertia - 1)).toBeLessThan(1e-6);
  });

  it('finds the nearest center too when there are too many bounds to keep', () => {
    const [n, k] = [68_000, 1000];
    const points = blobs(n, 3, 50, 41);
    const initialization = takeRows(
      points,
      Int32Array.from({ length: k }, (_, i) => i * 3),
    );
    const steps = [...kMeansSteps(points, k, { initialization, maxIterations: 2 })];
    const { labels } = kMeans(points, k, { initialization, maxIterations: 1 });
    const distance = (i: number, c: number): number =>
      rowOf(points, i).reduce((sum, x, p) => sum + (x - rowOf(initialization, c)[p]) ** 2, 0);
    for (let i = 0; i < n; i += 997) {
      const least = Math.min(...Array.from({ length: k }, (_, c) => distance(i, c)));
      expect(Math.abs(distance(i, labels[i]) - least)).toBeLessThan(1e-5);
    }
    expect(steps[1].changed).toBeGreaterThan(0);
    expect(steps[1].changed).toBeLessThan(n / 2);
  });

  it('draws other starts for another purpose, and says which restart it kept', () => {
    const points = blobs(300, 5, 30, 51);
    const [a, b] = [kMeans(points, 30), kMeans(points, 30, { purpose: 'personas' })];
    expect(Array.from(a.labels)).not.toEqual(Array.from(b.labels));
    const many = kMeans(points, 30, { restarts: 8 });
    const alone = Array.from({ length: 8 }, (_, i) => kMeans(points, 30, { restarts: i + 1 }));
    expect(alone[many.restart].inertia).toBe(many.inertia);
    expect(alone[many.restart].restart).toBe(many.restart);
  });

  it('stops when its signal says so', () => {
    const stop = AbortSignal.abort(new Error('enough'));
    expect(() => kMeans(blobs(50, 2, 2, 1), 2, { signal: stop })).toThrow('enough');
  });

  it('refuses more clusters than points, k below 1 and numbers that are none', () => {
    const points = matrixOf([[0], [1]]);
    expect(() => kMeans(points, 3)).toThrow('at least 3 points');
    expect(() => kMeans(points, 0)).toThrow('k must be a whole number');
    expect(() => kMeans(matrixOf([[0], [NaN]]), 1)).toThrow('row 1');
    expect(() => kMeans(points, 1, { restarts: 1.5 })).toThrow('restarts must be a whole number');
    expect(() => kMeans(points, 1, { initialization: matrixOf([[0, 1]]) })).toThrow('starting centers of 1 × 1');
    expect(() => kMeans(points, 1, { initialization: matrixOf([[Infinity]]) })).toThrow('initialization');
  });
});
