import { describe, expect, it } from '@jest/globals';
import { matrixOf, normal, randomFor, rowOf, takeRows, zeros, type Matrix } from '@mixture-of-personas/numeric';
import { discrepancyGradient } from '../../src/discrepancy/objective.js';
import { fitSpace } from '../../src/fit/parameters.js';
import { contextsOf } from '../../src/fit/weights.js';
import {
  bestPairWeights,
  discrepancyForm,
  discrepancyOf,
  fitDiscrepancy,
  type FactorSamples,
  type Pair,
  type PairSamples,
  type Population,
} from '../../src/index.js';

const WIDTH = 6;
const PAIRS: Pair[] = [0, 1, 2].flatMap((persona) => [0, 1].map((exemplar) => ({ persona, exemplar })));
const TRUE_WEIGHTS = [0.4, 0.05, 0.25, 0, 0.2, 0.1];

/** Points around the center of pair p. */
function around(p: number, count: number, purpose: string): number[][] {
  const center = randomFor(1, 'centre', p);
  const middle = Array.from({ length: WIDTH }, () => 2 * normal(center));
  const random = randomFor(2, purpose, p);
  return Array.from({ length: count }, () => middle.map((value) => value + 0.5 * normal(random)));
}

function samplesOf(each: number, purpose: string): PairSamples {
  return { pairs: PAIRS, texts: matrixOf(PAIRS.flatMap((_, p) => around(p, each, purpose))) };
}

/** n texts of the mixture with the true weights, in exact proportion. */
function populationTexts(n: number, purpose: string): Matrix {
  return matrixOf(TRUE_WEIGHTS.flatMap((weight, p) => around(p, Math.round(weight * n), purpose)));
}

function embeddings(rows: number, purpose: string): Matrix<Float64Array> {
  const random = randomFor(3, purpose, 0);
  const out = zeros(rows, WIDTH);
  for (let i = 0; i < out.data.length; i++) out.data[i] = normal(random);
  return out;
}

function largestGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

describe('discrepancyForm', () => {
  it.each(['gaussian', 'energy'] as const)('equals the weighted unbiased estimate, text by text: %s', (kernel) => {
    const counts = [4, 1, 3, 2, 1, 5];
    const pairOf = counts.flatMap((count, p) => Array.from({ length: count }, () => p));
    const samples = { pairs: PAIRS, pairOf, texts: matrixOf(counts.flatMap((count, p) => around(p, count, 'uneven'))) };
    const texts = populationTexts(40, 'texts');
    const weights = Float64Array.of(0.3, 0.1, 0.2, 0.15, 0.05, 0.2);
    const k = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
      const squared = Array.from(x).reduce((sum, v, i) => sum + (v - y[i]) ** 2, 0);
      return kernel === 'energy' ? -Math.sqrt(squared) : Math.exp(-squared / 6);
    };
    const of = pairOf.map((p) => weights[p] / counts[p]);
    let [itself, apart, across, within] = [0, 0, 0, 0];
    for (let t = 0; t < of.length; t++) {
      for (let u = 0; u < of.length; u++) {
        if (t === u) continue;
        apart += of[t] * of[u];
        itself += of[t] * of[u] * k(rowOf(samples.texts, t), rowOf(samples.texts, u));
      }
      for (let r = 0; r < texts.rows; r++) across += (of[t] * k(rowOf(samples.texts, t), rowOf(texts, r))) / texts.rows;
    }
    for (let r = 0; r < texts.rows; r++)
      for (let s = 0; s < texts.rows; s++)
        if (r !== s) within += k(rowOf(texts, r), rowOf(texts, s)) / (texts.rows * (texts.rows - 1));
    const form = discrepancyForm(samples, texts, { kernel, bandwidth: 3 });
    expect(discrepancyOf(form, weights)).toBeCloseTo(itself / apart - 2 * across + within, 10);
  });

  it('refuses uneven samples, too few texts and a bandwidth that is not positive', () => {
    const texts = populationTexts(20, 'texts');
    const uneven = { pairs: PAIRS, texts: zeros(13, WIDTH) };
    expect(() => discrepancyForm(uneven, texts)).toThrow(/a pair for every text/);
    expect(() => discrepancyForm(samplesOf(2, 'fit'), takeRows(texts, [0]))).toThrow(/two texts/);
    expect(() => discrepancyForm(samplesOf(2, 'fit'), texts, { bandwidth: 0 })).toThrow(/bandwidth/);
  });
});

describe('bestPairWeights', () => {
  it('recovers the weights of a known mixture to within sampling error', () => {
    const form = discrepancyForm(samplesOf(200, 'fit'), populationTexts(2000, 'texts'));
    const weights = bestPairWeights(form);
    expect(largestGap(weights, TRUE_WEIGHTS)).toBeLessThan(0.02);
    expect(discrepancyOf(form, weights)).toBeLessThan(discrepancyOf(form, new Float64Array(6).fill(1 / 6)) / 20);
  });
});

describe('fitDiscrepancy', () => {
  const texts = populationTexts(400, 'texts');
  const population: Population = {
    records: embeddings(texts.rows, 'contexts'),
    personas: embeddings(3, 'personas'),
    exemplars: embeddings(2, 'exemplars'),
  };
  const at = (factor: number, samples: PairSamples): FactorSamples => ({ ...samples, factor });

  it.each(['gaussian', 'energy'] as const)('has the gradient that differences say: %s', (kernel) => {
    const space = fitSpace(population, { rank: 4, matrixRank: 2, temperatureRange: [0.5, 2] });
    const contexts = contextsOf(space, takeRows(population.records, [0, 1, 2, 3, 4]) as Matrix<Float64Array>);
    const samples = samplesOf(5, 'fit');
    const importance = Float64Array.of(1, 2, 0.5, 1, 0.1, 3);
    const form = discrepancyForm(samples, takeRows(texts, [0, 90, 200, 333]), { kernel });
    const vector = Float64Array.from({ length: space.size }, (_, i) => 0.3 * Math.sin(7 * i));
    const of = { looking: true, factor: { pairs: PAIRS, importance } };
    const { gradient } = discrepancyGradient({ space, contexts }, form, vector, of);
    for (let i = space.groups.personaBias[0]; i < space.groups.Mxe[0]; i++) {
      const [kept, h] = [vector[i], 1e-5];
      vector[i] = kept + h;
      const above = discrepancyGradient({ space, contexts }, form, vector, of).value;
      vector[i] = kept - h;
      const below = discrepancyGradient({ space, contexts }, form, vector, of).value;
      vector[i] = kept;
      expect(gradient[i]).toBeCloseTo((above - below) / (2 * h), 7);
    }
  });

  it.each(['gaussian', 'energy'] as const)(
    'finds the weights of the population, as fresh texts confirm: %s',
    (kernel) => {
      const fit = fitDiscrepancy(population, { texts, samples: [at(1, samplesOf(40, 'fit'))], kernel });
      const fresh = discrepancyForm(samplesOf(100, 'fresh'), populationTexts(1000, 'fresh texts'), { kernel });
      const equal = discrepancyOf(fresh, new Float64Array(6).fill(1 / 6));
      expect(fit.fitted).toBe(true);
      expect(fit.gain).toBeGreaterThan(3 * fit.standardError);
      expect(discrepancyOf(fresh, fit.weights)).toBeLessThan(equal / 4);
      expect(largestGap(fit.weights, TRUE_WEIGHTS)).toBeLessThan(0.12);
    },
  );

  it('finds the factor on the temperatures whose texts are the population’s', () => {
    const shifted = samplesOf(40, 'hot');
    const hot = {
      ...shifted,
      texts: { ...shifted.texts, data: Float64Array.from(shifted.texts.data, (v, i) => v + 2 * (1 + Math.sin(i))) },
    };
    const fit = fitDiscrepancy(population, {
      texts,
      samples: [at(1, hot), at(0.8, samplesOf(40, 'fit'))],
      temperatures: Float64Array.of(1, 1.1, 0.9),
      ridges: [0.1],
    });
    expect(fit.factor).toBe(0.8);
    expect(Array.from(fit.gate.temperatures)).toEqual([0.8, 1.1 * 0.8, 0.9 * 0.8]);
  });

  it('keeps equal weights, and says so, where the population is the equal mixture', () => {
    const equalTexts = matrixOf(PAIRS.flatMap((_, p) => around(p, 30, 'equal')));
    const records = embeddings(equalTexts.rows, 'equal contexts');
    const results = [0, 1, 2, 3, 4].map((seed) =>
      fitDiscrepancy(
        { ...population, records },
        { texts: equalTexts, samples: [at(1, samplesOf(20, `equal ${seed}`))], seed },
      ),
    );
    const beyond = results.filter(({ gain, standardError }) => gain > 2 * standardError);
    expect(beyond.length).toBeLessThanOrEqual(1);
    for (const { fitted, step, gain } of results) if (!fitted) expect([step, gain]).toEqual(['start', 0]);
  });
});
