import { describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';
import {
  initialGate,
  mixtureLogLikelihood,
  mixtureOf,
  drawPairs,
  topPairs,
  type Mixture,
  type PairTable,
} from '../../src/index.js';
import { toyPopulation, toyScorer } from '../support/toy.js';

const [RECORDS, PERSONAS, EXEMPLARS, SEEDS, PAIRS] = [3, 4, 6, 4000, 5];

describe('drawn pairs against all pairs', () => {
  const population = toyPopulation(RECORDS, PERSONAS, EXEMPLARS);
  const { records: contexts, personas, exemplars } = population;
  const gate = initialGate({ d: 6, personas: PERSONAS, hidden: 6 }, { similarity: 1 });
  const mixture = mixtureOf(gate, { contexts, personas, exemplars });

  /** log p̂ of every record from the pairs of a table. */
  async function logLikelihoods(from: Mixture, pairs: PairTable): Promise<Float64Array> {
    const requests = Array.from(pairs.personas, (persona, at) => ({
      record: Math.floor(at / pairs.perRow),
      persona,
      exemplar: pairs.exemplars[at],
    }));
    const curves = await toyScorer(population)(requests);
    const logProbabilities = Float64Array.from(curves, (curve) => curve.logProbability(0.6));
    const derivatives = new Float64Array(logProbabilities.length);
    return mixtureLogLikelihood(from, { pairs, logProbabilities, derivatives }).logLikelihoods;
  }

  it('gives the likelihood of all pairs on average over seeds, where the top pairs fall short of it', async () => {
    const exact = await logLikelihoods(mixture, topPairs(mixture, PERSONAS * EXEMPLARS));
    const sums = new Float64Array(RECORDS);
    const squares = new Float64Array(RECORDS);
    for (let seed = 0; seed < SEEDS; seed++) {
      const drawn = drawPairs(mixture, PAIRS, (b) => randomFor(seed, 'unbiased', b));
      (await logLikelihoods(mixture, drawn)).forEach((value, b) => {
        const ratio = Math.exp(value - exact[b]); // p̂ / p, of mean 1 when unbiased
        sums[b] += ratio;
        squares[b] += ratio ** 2;
      });
    }
    const top = await logLikelihoods(mixture, topPairs(mixture, PAIRS));
    for (let b = 0; b < RECORDS; b++) {
      const mean = sums[b] / SEEDS;
      const standardError = Math.sqrt((squares[b] / SEEDS - mean ** 2) / SEEDS);
      expect(Math.abs(mean - 1)).toBeLessThan(4 * standardError);
      expect(standardError).toBeLessThan(0.02); // so that the line above says something
      expect(Math.exp(top[b] - exact[b])).toBeLessThan(0.95);
    }
  });
});
