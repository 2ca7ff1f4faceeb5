import { expect, it } from '@jest/globals';
import { multiply, multiplyByTranspose, multiplyTransposed } from '@mixture-of-personas/numeric';
import { exemplarGradients } from '../../src/backends/exemplar-gradients.js';
import { largestDifference } from '../support/shared-golden.js';
import { gaussian } from '../support/toy.js';

// R rows, N exemplars, width d, hidden: the first is cheaper through the embeddings, the second through the projections.
it.each([
  ['embeddings', 5, 60, 20, 16],
  ['projections', 40, 12, 9, 3],
] as const)('gives the gradients of both orders, whichever is cheaper: %s', (_, rows, exemplars, d, hidden) => {
  const y = gaussian(rows, exemplars, 1);
  const factors = gaussian(rows, hidden, 2);
  const embeddings = gaussian(exemplars, d, 3);
  const weights = gaussian(hidden, d, 4);
  const projected = multiplyByTranspose(embeddings, weights);
  const found = exemplarGradients({ y, factors }, { embeddings, projected, weights });
  const sums = multiply(y, embeddings);
  const ofProjected = multiplyTransposed(y, factors);
  for (const expected of [multiplyTransposed(factors, sums), multiplyTransposed(ofProjected, embeddings)]) {
    expect(largestDifference(found.weights.data, expected.data)).toBeLessThan(1e-11);
  }
  for (const expected of [multiplyByTranspose(sums, weights), multiply(y, projected)]) {
    expect(largestDifference(found.projections.data, expected.data)).toBeLessThan(1e-11);
  }
});
