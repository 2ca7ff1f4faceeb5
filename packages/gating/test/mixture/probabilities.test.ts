import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matrixOf, rowOf, topK, type Matrix } from '@mixture-of-personas/numeric';
import { drawPair } from '../../src/mixture/draw.js';
import { meanExemplars, meanPersonas } from '../../src/mixture/diagnostics.js';
import { mixtureOf } from '../../src/backends/gradient.js';
import { randomGate, uniformGate } from '../../src/mixture/initial.js';
import { logWeight, type Mixture } from '../../src/mixture/mixture.js';
import { normalizersOf } from '../../src/mixture/normalizers.js';
import { wholeLogits } from '../../src/mixture/persona-logits.js';
import { exemplarProbabilities, personaProbabilities, project } from '../../src/mixture/probabilities.js';
import { topPairs } from '../../src/scores/top-pairs.js';
import { largestDifference } from '../support/shared-golden.js';
import { toyPopulation } from '../support/toy.js';

const [B, K, N] = [3, 5, 7];
const population = toyPopulation(B, K, N);
const masked = [2, -1, 0];

function mixtureFrom(seed: number, scale: number): Mixture {
  const gate = randomGate({ d: 6, personas: K, hidden: 4, seed });
  const scaled = { ...gate.inputWeights, data: gate.inputWeights.data.map((value) => value * scale) };
  const { records, personas, exemplars } = population;
  return mixtureOf({ ...gate, inputWeights: scaled }, { contexts: records, personas, exemplars, masked });
}

function denseLogWeights(mixture: Mixture, b: number): Float64Array {
  return Float64Array.from({ length: K * N }, (_, at) => logWeight(mixture, b, Math.floor(at / N), at % N));
}

describe('the mixture', () => {
  it('has rows that sum to 1 and nothing on masked exemplars', () => {
    const mixture = mixtureFrom(1, 1);
    for (let b = 0; b < B; b++) {
      const weights = denseLogWeights(mixture, b).map(Math.exp);
      expect(weights.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
      if (masked[b] >= 0) for (let k = 0; k < K; k++) expect(weights[k * N + masked[b]]).toBe(0);
    }
  });

  it('is the product of personaProbabilities and exemplarProbabilities', () => {
    const gate = randomGate({ d: 6, personas: K, hidden: 4, seed: 2 });
    const { records, personas, exemplars } = population;
    const x = project(gate.inputWeights, records);
    const g = project(gate.personaWeights, personas);
    const e = project(gate.exemplarWeights, exemplars);
    const pi = personaProbabilities(x, g);
    const omega = exemplarProbabilities(x, g, e, { masked });
    const mixture = mixtureOf(gate, { contexts: records, personas, exemplars, masked });
    for (let b = 0; b < B; b++) {
      const product = Array.from({ length: K * N }, (_, at) => {
        const k = Math.floor(at / N);
        return pi.data[b * K + k] * omega.data[(b * K + k) * N + (at % N)];
      });
      expect(largestDifference(denseLogWeights(mixture, b).map(Math.exp), product)).toBeLessThan(1e-13);
    }
    expect(largestDifference(meanPersonas(mixture), meanRows(pi))).toBeLessThan(1e-13);
  });

  it('stays exact where the factorized normalizer underflows, to logits of ±1000', () => {
    // Row maxima sit at different exemplars: exp(u − max)·exp(v − max) is 0 for every j.
    const u = matrixOf([[1000, -1000, 0]]);
    const v = matrixOf([
      [-1000, 1000, -990],
      [3, 2, 1],
    ]);
    const { logs } = normalizersOf(u, wholeLogits(v), Int32Array.of(-1));
    expect(logs.data[0]).toBeCloseTo(Math.log(2), 12);
    expect(logs.data[1]).toBeCloseTo(1003, 12);
    expect(normalizersOf(u, wholeLogits(v), Int32Array.of(0)).logs.data[0]).toBeCloseTo(Math.log(1), 12);
  });

  it('averages exemplars as the dense sum does, tiny normalizers included', () => {
    for (const scale of [1, 1500]) {
      const mixture = mixtureFrom(3, scale);
      const dense = new Float64Array(N);
      for (let b = 0; b < B; b++) denseLogWeights(mixture, b).forEach((w, at) => (dense[at % N] += Math.exp(w) / B));
      expect(largestDifference(meanExemplars(mixture), dense)).toBeLessThan(1e-12);
    }
  });

  it('is uniform over what is not masked for the gate of zeros', () => {
    const gate = uniformGate({ d: 6, personas: K });
    const { records, personas, exemplars } = population;
    const mixture = mixtureOf(gate, { contexts: records, personas, exemplars, masked });
    expect(Math.exp(logWeight(mixture, 0, 0, 0))).toBeCloseTo(1 / (K * (N - 1)), 14);
    expect(Math.exp(logWeight(mixture, 1, 0, 0))).toBeCloseTo(1 / (K * N), 14);
  });

  it('refuses a mask that leaves nothing, or that is none', () => {
    const one = matrixOf([[1, 2]]);
    expect(() => exemplarProbabilities(one, one, one, { masked: [0] })).toThrow(/only that one/);
    expect(() => exemplarProbabilities(one, one, one, { masked: [1] })).toThrow(/−1 … 0, got 1 for context 0/);
    expect(() => exemplarProbabilities(one, one, one, { masked: [] })).toThrow(/1 entries, got 0/);
    expect(() => project(one, matrixOf([[1, 2, 3]]))).toThrow(/3 and 2/);
  });
});

describe('topPairs', () => {
  it('finds what a full sort finds, at any scale of the logits', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.constantFrom(0, 0.1, 1, 10, 300),
        fc.integer({ min: 1, max: 40 }),
        (seed, scale, m) => {
          const mixture = mixtureFrom(seed, scale);
          const found = topPairs(mixture, m);
          for (let b = 0; b < B; b++) {
            const dense = denseLogWeights(mixture, b);
            const expected = Array.from(topK(dense, m)).filter((at) => dense[at] > -Infinity);
            const row = (values: Int32Array): number[] => Array.from(values.subarray(b * m, (b + 1) * m));
            const pairs = row(found.personas).map((k, i) => (k < 0 ? -1 : k * N + row(found.exemplars)[i]));
            expect(pairs.filter((at) => at >= 0)).toEqual(expected);
            expect(
              largestDifference(
                found.logWeights.slice(b * m, b * m + expected.length),
                expected.map((at) => dense[at]),
              ),
            ).toBe(0);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('breaks ties by the smaller persona, then the smaller exemplar', () => {
    const { records, personas, exemplars } = population;
    const mixture = mixtureOf(uniformGate({ d: 6, personas: K }), { contexts: records, personas, exemplars });
    const found = topPairs(mixture, 9);
    expect(Array.from(found.personas.subarray(0, 9))).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(Array.from(found.exemplars.subarray(0, 9))).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 1]);
  });

  it('refuses a count that is none', () => {
    expect(() => topPairs(mixtureFrom(0, 1), 0)).toThrow(/positive integer, got 0/);
  });
});

describe('drawPair', () => {
  it('draws pairs as often as the mixture says, and names the probabilities', () => {
    const mixture = mixtureFrom(4, 1);
    const counts = new Float64Array(K * N);
    const draws = 40_000;
    for (let row = 0; row < draws; row++) {
      const { persona, exemplar, personaProbability, exemplarProbability } = drawPair(mixture, 0, { seed: 1, row });
      counts[persona * N + exemplar] += 1 / draws;
      expect(Math.log(personaProbability * exemplarProbability)).toBeCloseTo(
        logWeight(mixture, 0, persona, exemplar),
        9,
      );
    }
    denseLogWeights(mixture, 0).forEach((w, at) => {
      const p = Math.exp(w);
      expect(Math.abs(counts[at] - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws) + 1e-12);
    });
  });

  it('depends on seed and row alone', () => {
    const mixture = mixtureFrom(4, 1);
    const alone: Mixture = {
      ...mixture,
      logPersona: { data: rowOf(mixture.logPersona, 2), rows: 1, cols: K },
      contextLogits: { data: rowOf(mixture.contextLogits, 2), rows: 1, cols: N },
      logNormalizers: { data: rowOf(mixture.logNormalizers, 2), rows: 1, cols: K },
      masked: mixture.masked.subarray(2),
    };
    for (let row = 0; row < 20; row++) {
      expect(drawPair(alone, 0, { seed: 9, row })).toEqual(drawPair(mixture, 2, { seed: 9, row }));
    }
  });
});

function meanRows(matrix: Matrix): Float64Array {
  const mean = new Float64Array(matrix.cols);
  matrix.data.forEach((value, at) => (mean[at % matrix.cols] += value / matrix.rows));
  return mean;
}
