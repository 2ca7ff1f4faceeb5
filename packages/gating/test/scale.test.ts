import { describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';
import { meanExemplars } from '../src/diagnostics.js';
import { gateGradient, mixtureOf } from '../src/gradient.js';
import { initialGate, randomGate } from '../src/initial.js';
import { logWeight, type Mixture } from '../src/mixture.js';
import { mixtureOfRecords, conditionalDensity, recordDensities } from '../src/pair-density.js';
import { drawPairs } from '../src/pair-draws.js';
import { rememberingScorer } from '../src/score-cache.js';
import { topPairs } from '../src/top-pairs.js';
import { toyPopulation } from './toy.js';

const [B, K, N, HIDDEN, D] = [12, 60, 400, 64, 96];
const population = toyPopulation(B, K, N, D);
const inputs = {
  contexts: population.records,
  personas: population.personas,
  exemplars: population.exemplars,
  masked: Array.from({ length: B }, (_, b) => (b % 3 === 0 ? b : -1)),
};
/** Gates whose mixtures are flat, moderate and peaked. */
const gates = [
  ['flat', randomGate({ d: D, personas: K, hidden: HIDDEN, seed: 1 })],
  ['moderate', initialGate({ d: D, personas: K, hidden: HIDDEN, temperature: 1 }, { similarity: 8 })],
  ['peaked', initialGate({ d: D, personas: K, hidden: HIDDEN, temperature: 1 }, { similarity: 60 })],
] as const;
/** Room for 7 rows of v at a time, not for the 60. */
const FEW = { heldLogits: 7 * N };

/** The M largest of all K·N, by sorting them. */
function bruteForce(mixture: Mixture, b: number, count: number): number[] {
  const values = Array.from({ length: K * N }, (_, at) => logWeight(mixture, b, Math.floor(at / N), at % N));
  return [...values.keys()].sort((one, other) => values[other] - values[one] || one - other).slice(0, count);
}

describe.each(gates)('a %s mixture of more pairs than are held', (_, gate) => {
  const whole = mixtureOf(gate, inputs);
  const tiled = mixtureOf(gate, inputs, FEW);

  it('has the same normalisers and weights to the last bit', () => {
    expect(tiled.logNormalisers).toEqual(whole.logNormalisers);
    for (const k of [0, 31, 59, 31]) expect(tiled.personaLogits.row(k)).toEqual(whole.personaLogits.row(k));
    expect(logWeight(tiled, 5, 44, 399)).toBe(logWeight(whole, 5, 44, 399));
    expect(
      meanExemplars(tiled)
        .map((value, j) => value - meanExemplars(whole)[j])
        .every((d) => Math.abs(d) < 1e-14),
    ).toBe(true);
  });

  it.each([1, 4, 16, 40])('has exactly the %d largest pairs of all, found among nearest neighbours or not', (count) => {
    const found = topPairs(tiled, count);
    expect(found).toEqual(topPairs(whole, count));
    for (let b = 0; b < B; b++) {
      const pairs = Array.from(
        { length: count },
        (_, m) => found.personas[b * count + m] * N + found.exemplars[b * count + m],
      );
      expect(pairs).toEqual(bruteForce(whole, b, count));
    }
  });

  it('draws the same pairs and has the same gradient', () => {
    const streams = (b: number) => randomFor(3, 'test', b);
    const pairs = drawPairs(tiled, 4, streams);
    expect(pairs).toEqual(drawPairs(whole, 4, streams));
    const scored = {
      pairs,
      logProbabilities: Float64Array.from(pairs.personas, (_, at) => -20 + Math.sin(at)),
      derivatives: Float64Array.from(pairs.personas, (_, at) => Math.cos(at)),
    };
    expect(gateGradient(gate, inputs, scored, FEW)).toEqual(gateGradient(gate, inputs, scored));
  });
});

describe('densities of many records', () => {
  it('are the same when they are worked out a few records at a time', () => {
    const gate = gates[1][1];
    const rows = [7, 3, 11, 0, 5, 8, 1, 10];
    const all = conditionalDensity(mixtureOfRecords(gate, population, rows));
    const few = recordDensities(gate, population, rows, 3 * N);
    const pair = { persona: 41, exemplar: 17 };
    rows.forEach((_, position) => {
      expect(few(position).logWeight(pair)).toBeCloseTo(all(position).logWeight(pair), 5); // products are float32
      expect(few(position).draw([0.5, 0.3, 0.7])).toEqual(all(position).draw([0.5, 0.3, 0.7]));
    });
  });
});

describe('the memory of scores', () => {
  it('is bounded: what came first is forgotten and asked for again, with the same answer', async () => {
    let asked = 0;
    const scorer = rememberingScorer((requests) => {
      asked += requests.length;
      return Promise.resolve(requests.map(({ record }) => ({ logProbability: () => -record, derivative: () => 0 })));
    }, 100);
    const requests = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => ({ record: from + i, persona: 0, exemplar: 0 }));
    await scorer.curves(requests(0, 150));
    await scorer.curves(requests(50, 150));
    expect([asked, scorer.scored]).toEqual([150, 150]);
    const again = await scorer.curves(requests(0, 50));
    expect([asked, again[49].logProbability(1)]).toEqual([200, -49]);
  });
});
