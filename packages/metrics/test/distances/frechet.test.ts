import { expect, it } from '@jest/globals';
import { matrixOf } from '@mixture-of-personas/numeric';

import { frechetDistance, frechetDistanceOfMoments } from '../../src/distances/frechet.js';
import { describeGolden, goldenJson, goldenMatrix } from '../golden.js';

interface Case {
  readonly name: string;
  readonly kind: 'stats' | 'samples';
  readonly mu1: number[];
  readonly sigma1: number[][];
  readonly mu2: number[];
  readonly sigma2: number[][];
  readonly x?: number[][];
  readonly y?: number[][];
  readonly x_npy: string;
  readonly y_npy: string;
  readonly expected: number;
  readonly tol_abs: number;
}

function distanceOf(golden: Case): number {
  if (golden.kind === 'stats') {
    return frechetDistanceOfMoments(
      { mean: golden.mu1, covariance: matrixOf(golden.sigma1) },
      { mean: golden.mu2, covariance: matrixOf(golden.sigma2) },
    );
  }
  return golden.x && golden.y
    ? frechetDistance(matrixOf(golden.x), matrixOf(golden.y))
    : frechetDistance(goldenMatrix(golden.x_npy), goldenMatrix(golden.y_npy));
}

describeGolden('frechetDistance, against 40-digit arithmetic', () => {
  const { cases } = goldenJson<{ cases: Case[] }>('frechet.json');
  it.each(cases)('agrees within the stated tolerance: $name', (golden) => {
    const got = distanceOf(golden);
    expect(Math.abs(got - golden.expected)).toBeLessThanOrEqual(golden.tol_abs);
  });
});
