import { expect, it } from '@jest/globals';
import { evaluateSets, METRIC_NAMES, type EvaluatedSet } from '../../src/index.js';
import { gaussianRows } from '../sets.js';

/** Texts of two classes, some of them equal. */
function rows(n: number, seed: number): Required<Omit<EvaluatedSet, 'name'>> {
  const text = (i: number): string => `row ${(i * 7 + seed) % 5} of a few in the evening`;
  return {
    embeddings: gaussianRows(n, 6, seed),
    texts: Array.from({ length: n }, (_, i) => text(i)),
    labels: Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 'even' : 'odd')),
  };
}

it.each([2, 3, 4, 8])('%d rows give figures whose intervals have a width, or none, or a sentence', async (n) => {
  const sets = { synthetic: rows(n, 5), golden: rows(n, 6), exemplars: rows(3, 7), reference: rows(30, 8) };
  const refused: string[] = [];
  for (const name of METRIC_NAMES) {
    const figures = await evaluateSets(sets, { metrics: [name], bootstrap: 100 }).catch((error: unknown) => {
      expect(error).toMatchObject({ message: expect.stringMatching(/(expected|must be|need)/) });
      refused.push(name);
    });
    const figure = figures?.[name];
    if (figure === undefined) continue;
    const [low, high] = figure.interval ?? [0, 1];
    expect([name, Number.isFinite(figure.value), low < high]).toEqual([name, true, true]);
  }
  expect(refused.length).toBeLessThan(METRIC_NAMES.length / 2);
  // A resample of a few rows can be one row over and over, which has no pair.
  expect(refused).not.toContain('cosine-kl');
});

it('has no interval where resampled values are more than float64 holds', async () => {
  const huge = (seed: number): Pick<EvaluatedSet, 'embeddings'> => {
    const embeddings = gaussianRows(20, 6, seed);
    return { embeddings: { ...embeddings, data: embeddings.data.map((value) => value * 1e30) } };
  };
  const { kid } = await evaluateSets({ synthetic: huge(1), golden: huge(2) }, { metrics: ['kid'], bootstrap: 20 });
  expect([Number.isFinite(kid!.value), kid!.interval]).toEqual([true, null]);
});
