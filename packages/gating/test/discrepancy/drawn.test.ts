import { describe, expect, it } from '@jest/globals';
import { matrixOf, normal, randomFor, zeros, type Matrix } from '@mixture-of-personas/numeric';
import {
  discrepancyForm,
  discrepancyOf,
  fitDiscrepancy,
  meanPairWeights,
  type FactorSamples,
  type Population,
} from '../../src/index.js';

// 4 personas × 12 exemplars; an exemplar's texts lie about its own embedding, whatever the persona. The target's lie about some of the exemplars.
const [PERSONAS, EXEMPLARS, WIDTH] = [4, 12, 5];
const PAIRS = PERSONAS * EXEMPLARS;

function gaussian(rows: number, purpose: string, of: number, scale = 1): Matrix<Float64Array> {
  const random = randomFor(of, purpose, 0);
  const out = zeros(rows, WIDTH);
  for (let i = 0; i < out.data.length; i++) out.data[i] = scale * normal(random);
  return out;
}

const exemplars = gaussian(EXEMPLARS, 'exemplars', 1);

function textsAbout(list: readonly number[], purpose: string, of: number): Matrix {
  const random = randomFor(of, purpose, 1);
  return matrixOf(
    list.map((j) => Array.from({ length: WIDTH }, (_, i) => exemplars.data[j * WIDTH + i] + 0.6 * normal(random))),
  );
}

/** Texts of pairs drawn from a distribution over all of them: hardly more than one text per pair. */
function drawn(count: number, seed: number, probabilities: Float64Array): FactorSamples {
  const random = randomFor(seed, 'drawn', 0);
  const list = Array.from({ length: count }, () => {
    let [left, pair] = [random(), 0];
    while (pair < PAIRS - 1 && (left -= probabilities[pair]) > 0) pair++;
    return pair;
  });
  const pairs = [...new Set(list)];
  return {
    factor: 1,
    pairs: pairs.map((pair) => ({ persona: Math.floor(pair / EXEMPLARS), exemplar: pair % EXEMPLARS })),
    texts: textsAbout(
      list.map((pair) => pair % EXEMPLARS),
      'drawn texts',
      seed,
    ),
    pairOf: list.map((pair) => pairs.indexOf(pair)),
    logExpected: Float64Array.from(pairs, (pair) => Math.log(count * probabilities[pair])),
  };
}

function populationOf(records: number): Population {
  return {
    records: gaussian(records, 'records', 2),
    personas: gaussian(PERSONAS, 'personas', 3),
    exemplars,
  };
}

const equal = new Float64Array(PAIRS).fill(1 / PAIRS);
const targets = (n: number, of: readonly number[]): number[] => Array.from({ length: n }, (_, i) => of[i % of.length]);

/** The discrepancy of a gate and of equal weights, by fresh texts of every pair and fresh records. */
function judged(weights: Float64Array, fresh: Matrix): { readonly fitted: number; readonly equal: number } {
  const all = Array.from({ length: PAIRS }, (_, pair) => pair);
  const form = discrepancyForm(
    {
      pairs: all.map((pair) => ({ persona: Math.floor(pair / EXEMPLARS), exemplar: pair % EXEMPLARS })),
      texts: textsAbout(
        all.flatMap((pair) => Array.from({ length: 8 }, () => pair % EXEMPLARS)),
        'judge',
        9,
      ),
    },
    fresh,
    { kernel: 'energy' },
  );
  return { fitted: discrepancyOf(form, weights), equal: discrepancyOf(form, equal) };
}

describe('fitDiscrepancy on texts of drawn pairs', () => {
  it.each([0, 1, 2])('beats equal weights on texts and records that chose nothing: seed %d', (seed) => {
    const texts = textsAbout(targets(90, [0, 3, 5]), 'records', seed);
    const population = populationOf(90);
    const proposal = equal.map((p, pair) => p / 2 + ([0, 3, 5].includes(pair % EXEMPLARS) ? 0.5 / 12 : 0));
    for (const probabilities of [equal, proposal]) {
      const fit = fitDiscrepancy(population, {
        texts,
        samples: [drawn(160, seed, probabilities)],
        kernel: 'energy',
        seed,
      });
      const weights = meanPairWeights(fit.gate, population, [0]);
      const figures = judged(weights, textsAbout(targets(300, [0, 3, 5]), 'fresh records', seed));
      expect(fit.fitted).toBe(true);
      expect(figures.fitted).toBeLessThan(0.35 * figures.equal);
    }
  });

  it('is no worse than equal weights where the target is the equal mixture, and mostly says that nothing was gained', () => {
    const everyone = Array.from({ length: EXEMPLARS }, (_, j) => j);
    const fits = [0, 1, 2, 3, 4, 5].map((seed) => {
      const texts = textsAbout(targets(96, everyone), 'even records', seed);
      const population = populationOf(96);
      const fit = fitDiscrepancy(population, { texts, samples: [drawn(160, seed, equal)], kernel: 'energy', seed });
      const fresh = textsAbout(targets(300, everyone), 'fresh even records', seed);
      return { ...fit, ...judged(meanPairWeights(fit.gate, population, [0]), fresh), isFitted: fit.fitted };
    });
    expect(fits.filter(({ isFitted }) => isFitted).length).toBeLessThanOrEqual(2);
    for (const { fitted, equal: same } of fits) expect(fitted).toBeLessThan(same + 0.02);
  });

  it('takes weights by likelihood as they are, or as a start, where they are closer', () => {
    const texts = textsAbout(targets(90, [0, 3, 5]), 'records', 4);
    const population = populationOf(90);
    const samples = [drawn(160, 4, equal)];
    const alone = fitDiscrepancy(population, { texts, samples, kernel: 'energy' });
    const size = alone.gate.exemplarWeights.cols;
    expect(size).toBe(WIDTH);
    const vectorSize = 1 + PERSONAS + 2 * WIDTH + 3 + 3 * WIDTH ** 2;
    expect(() =>
      fitDiscrepancy(population, { texts, samples, likelihood: { vector: new Float64Array(3), step: 'biases' } }),
    ).toThrow(`${vectorSize} numbers`);
    const vector = new Float64Array(vectorSize);
    for (let i = 0; i < WIDTH; i++) {
      const wanted = [0, 3, 5].reduce((sum, j) => sum + exemplars.data[j * WIDTH + i], 0);
      vector[1 + PERSONAS + WIDTH + i] = 0.15 * wanted;
    }
    const fit = fitDiscrepancy(population, {
      texts,
      samples,
      kernel: 'energy',
      likelihood: { vector, step: 'biases' },
    });
    const second = fit.steps.find(({ start, name }) => start === 'likelihood' && name === 'start');
    expect(second?.gain).toBeGreaterThan(0);
    expect(fit.steps.at(-1)?.discrepancy).toBeLessThan(fit.steps[0].discrepancy);
  });
});
