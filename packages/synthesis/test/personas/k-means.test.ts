import { describe, expect, it } from '@jest/globals';
import { kmeans as mlKMeans } from 'ml-kmeans';
import { kMeans, rowOf, takeRows } from '@mixture-of-personas/numeric';
import { topicEmbeddings } from '../support/records.js';

describe('clustering', () => {
  it('agrees with ml-kmeans from the same starting centers', () => {
    const points = topicEmbeddings(90, 'cross-check');
    const start = takeRows(points, [0, 3, 7]);
    const rows = Array.from({ length: points.rows }, (_, i) => Array.from(rowOf(points, i)));
    const theirs = mlKMeans(rows, 3, {
      initialization: Array.from({ length: 3 }, (_, k) => Array.from(rowOf(start, k))),
    });
    const ours = kMeans(points, 3, { initialization: start });
    expect(Array.from(ours.labels)).toEqual(theirs.clusters);
    theirs.centroids.forEach((center, k) =>
      center.forEach((value, j) => expect(rowOf(ours.centers, k)[j]).toBeCloseTo(value, 5)),
    );
  });
});
