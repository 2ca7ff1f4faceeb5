import { describe, expect, it } from '@jest/globals';
import { randomFor, rowOf } from '@mixture-of-personas/numeric';
import type { ScoredPairs } from '../../src/backends/backend.js';
import { numbersOf, parametersOf, PARTS } from '../../src/em/state.js';
import type { Gate } from '../../src/mixture/gate.js';
import { gateGradient, mixtureOf } from '../../src/backends/gradient.js';
import { randomGate } from '../../src/mixture/initial.js';
import { mixtureLogLikelihood } from '../../src/backends/likelihood.js';
import { optimizerStep, startOptimizer } from '../../src/em/optimizer.js';
import { drawPairs } from '../../src/scores/pair-draws.js';
import type { PairTable } from '../../src/scores/pair-table.js';
import { topPairs } from '../../src/scores/top-pairs.js';
import { exactLogLikelihood, gaussian, toyCurve, toyPopulation, toyScorer } from '../support/toy.js';

const population = toyPopulation(4, 5, 7);
const inputs = {
  contexts: population.records,
  personas: population.personas,
  exemplars: population.exemplars,
  masked: [2, -1, 0, 6],
};

function gateOf(scale: number): Gate {
  const gate = randomGate({ d: 6, personas: 5, hidden: 4, seed: 8, temperature: 0.8 });
  const exemplarWeights = { ...gate.exemplarWeights, data: gate.exemplarWeights.data.map((value) => value * scale) };
  const biases = gaussian(3, 4, 9);
  const [inputBias, personaBias, exemplarBias] = [0, 1, 2].map((i) => rowOf(biases, i).slice());
  return { ...gate, exemplarWeights, inputBias, personaBias, exemplarBias };
}

function scoredAt(pairs: PairTable, gate: Gate): ScoredPairs {
  const curves = Array.from(pairs.personas, (_, at) => toyCurve(-8 + Math.sin(3 * at), 9));
  const read = (which: 'logProbability' | 'derivative'): Float64Array =>
    Float64Array.from(curves, (curve, at) => curve[which](gate.temperatures[Math.max(0, pairs.personas[at])]));
  return { pairs, logProbabilities: read('logProbability'), derivatives: read('derivative') };
}

describe('gateGradient', () => {
  const cases = [
    ['top pairs', 1, (gate: Gate) => topPairs(mixtureOf(gate, inputs), 4)],
    ['drawn pairs', 1, (gate: Gate) => drawPairs(mixtureOf(gate, inputs), 4, (b) => randomFor(2, 'test', b))],
    ['all pairs', 1, (gate: Gate) => topPairs(mixtureOf(gate, inputs), 35)],
    // Normalizers below 1e-280 are taken by the direct sum; its gradient must be the same function's.
    ['logits of ±1000, tiny normalizers', 900, (gate: Gate) => topPairs(mixtureOf(gate, inputs), 35)],
  ] as const;

  it.each(cases)('is what central differences give in W_x, W_g, W_e, their biases and τ: %s', (_, scale, choose) => {
    const gate = gateOf(scale);
    const pairs = choose(gate);
    const found = gateGradient(gate, inputs, scoredAt(pairs, gate));
    const lossAt = (): number => gateGradient(gate, inputs, scoredAt(pairs, gate)).loss;
    for (const part of PARTS) {
      const parameters = parametersOf(gate, part);
      const gradient = numbersOf(found[part]);
      for (let i = 0; i < parameters.length; i += part === 'temperatures' ? 1 : 5) {
        const kept = parameters[i];
        const h = 1e-5 * (scale > 1 && part !== 'exemplarWeights' ? 1e-2 : 1);
        parameters[i] = kept + h;
        const above = lossAt();
        parameters[i] = kept - h;
        const below = lossAt();
        parameters[i] = kept;
        const expected = (above - below) / (2 * h);
        expect(Math.abs(gradient[i] - expected)).toBeLessThan(
          1e-6 * Math.max(1, Math.abs(expected)) * (scale > 1 ? 100 : 1),
        );
      }
    }
  });

  it('is free of NaN over many steps with logits of ±1000 (the complete run is in bench/)', () => {
    const gate = randomGate({ d: 6, personas: 5, hidden: 4, seed: 8 });
    for (const part of PARTS.slice(0, 3)) parametersOf(gate, part).forEach((value, i, all) => (all[i] = 50 * value));
    const adam = { kind: 'adamw' } as const;
    let states = PARTS.map((part) => startOptimizer(adam, parametersOf(gate, part).length));
    let largest = 0;
    for (let step = 0; step < 300; step++) {
      const mixture = mixtureOf(gate, inputs, { precision: 'float32' });
      for (const value of mixture.contextLogits.data) largest = Math.max(largest, Math.abs(value));
      const found = gateGradient(gate, inputs, scoredAt(topPairs(mixture, 4), gate), { precision: 'float32' });
      expect(Number.isFinite(found.loss)).toBe(true);
      states = PARTS.slice(0, 3).map((part, p) => {
        const gradient = numbersOf(found[part]);
        expect(gradient.every(Number.isFinite)).toBe(true);
        return optimizerStep(adam, parametersOf(gate, part), gradient, { state: states[p], learningRate: 1 });
      });
    }
    expect(largest).toBeGreaterThan(1000);
  });

  it('says which context has no possible pair', () => {
    const gate = gateOf(1);
    const scored = scoredAt(topPairs(mixtureOf(gate, inputs), 2), gate);
    scored.logProbabilities.fill(-Infinity, 2, 4);
    expect(() => gateGradient(gate, inputs, scored)).toThrow(/-Infinity for context 1/);
  });
});

describe('drawPairs', () => {
  const gate = gateOf(1.5);
  const scorer = toyScorer(population);

  it.each([1, 4, 12])('gives an unbiased estimate of the full likelihood with %i pairs', async (count) => {
    const unmasked = { ...inputs, masked: [-1, -1, -1, -1] };
    const mixture = mixtureOf(gate, unmasked);
    const { logLikelihoods: exact } = await exactLogLikelihood(gate, population, scorer);
    const seeds = 3000;
    const ratios = exact.map(() => 0);
    const squares = exact.map(() => 0);
    for (let seed = 0; seed < seeds; seed++) {
      const pairs = drawPairs(mixture, count, (b) => randomFor(seed, 'test', b));
      const requests = Array.from(pairs.personas, (persona, at) => ({
        record: Math.floor(at / count),
        persona,
        exemplar: pairs.exemplars[at],
      }));
      const curves = await scorer(requests);
      const logProbabilities = Float64Array.from(curves, (curve, at) =>
        curve.logProbability(gate.temperatures[requests[at].persona]),
      );
      const scored = { pairs, logProbabilities, derivatives: new Float64Array(curves.length) };
      mixtureLogLikelihood(mixture, scored).logLikelihoods.forEach((value, b) => {
        const ratio = Math.exp(value - exact[b]);
        ratios[b] += ratio / seeds;
        squares[b] += ratio ** 2 / seeds;
      });
    }
    ratios.forEach((mean, b) => {
      const standardError = Math.sqrt((squares[b] - mean ** 2) / seeds);
      expect(Math.abs(mean - 1)).toBeLessThan(4 * standardError);
      expect(standardError).toBeLessThan(0.1);
    });
  });

  it('draws no pair twice and no masked one, and all of them with certainty when they are few', () => {
    const pairs = drawPairs(mixtureOf(gate, inputs), 40, (b) => randomFor(1, 'test', b));
    for (let b = 0; b < 4; b++) {
      const row = Array.from({ length: 40 }, (_, m) => b * 40 + m).filter((at) => pairs.personas[at] >= 0);
      expect(row).toHaveLength(inputs.masked[b] < 0 ? 35 : 30);
      expect(new Set(row.map((at) => pairs.personas[at] * 7 + pairs.exemplars[at])).size).toBe(row.length);
      for (const at of row) {
        expect(pairs.exemplars[at]).not.toBe(inputs.masked[b]);
        expect(pairs.logImportance![at]).toBeCloseTo(0, 12);
      }
    }
  });
});
