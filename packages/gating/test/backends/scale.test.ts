import { describe, expect, it } from '@jest/globals';
import { logSumExp, randomFor, zeros, type Matrix } from '@mixture-of-personas/numeric';
import { meanExemplars } from '../../src/mixture/diagnostics.js';
import { gateGradient, mixtureOf } from '../../src/backends/gradient.js';
import { initialGate, randomGate } from '../../src/mixture/initial.js';
import { logWeight, type Mixture } from '../../src/mixture/mixture.js';
import { wholeLogits } from '../../src/mixture/persona-logits.js';
import { mixtureOfRecords, conditionalDensity, recordDensities } from '../../src/compare/pair-density.js';
import { drawPairs } from '../../src/scores/pair-draws.js';
import type { PairTable } from '../../src/scores/pair-table.js';
import { rememberingScorer } from '../../src/scores/score-cache.js';
import { topPairs } from '../../src/scores/top-pairs.js';
import { toyPopulation } from '../support/toy.js';

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

/** The pairs of context b as single numbers, in their order. */
function pairsOf({ personas, exemplars, perRow }: PairTable, b: number): number[] {
  return Array.from({ length: perRow }, (_, m) => personas[b * perRow + m] * N + exemplars[b * perRow + m]);
}

describe.each(gates)('a %s mixture of more pairs than are held', (_, gate) => {
  const whole = mixtureOf(gate, inputs);
  const tiled = mixtureOf(gate, inputs, FEW);

  it('has the same normalizers and weights to the last bit', () => {
    expect(tiled.logNormalizers).toEqual(whole.logNormalizers);
    for (const k of [0, 31, 59, 31]) expect(tiled.personaLogits.row(k)).toEqual(whole.personaLogits.row(k));
    expect(logWeight(tiled, 5, 44, 399)).toBe(logWeight(whole, 5, 44, 399));
    expect(
      meanExemplars(tiled)
        .map((value, j) => value - meanExemplars(whole)[j])
        .every((d) => Math.abs(d) < 1e-14),
    ).toBe(true);
  });

  it.each([1, 4, 16, 40])('has exactly the %d largest pairs of all, found among nearest neighbors or not', (count) => {
    const found = topPairs(tiled, count);
    expect(found).toEqual(topPairs(whole, count));
    for (let b = 0; b < B; b++) {
      expect(pairsOf(found, b)).toEqual(bruteForce(whole, b, count));
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

/** A mixture of given logits, with its normalizers summed directly. */
function mixtureWith(u: Matrix<Float64Array>, v: Matrix<Float64Array>, logPersona: Matrix<Float64Array>): Mixture {
  const logNormalizers = zeros(u.rows, v.rows);
  const row = (m: Matrix<Float64Array>, i: number) => m.data.subarray(i * m.cols, (i + 1) * m.cols);
  for (let b = 0; b < u.rows; b++) {
    for (let k = 0; k < v.rows; k++) {
      logNormalizers.data[b * v.rows + k] = logSumExp(row(u, b).map((value, j) => value + row(v, k)[j]));
    }
  }
  const masked = Int32Array.from({ length: u.rows }, (_, b) => (b % 2 === 0 ? -1 : b));
  return { logPersona, contextLogits: u, personaLogits: wholeLogits(v), logNormalizers, masked };
}

/** Entries by a formula of row and column. */
function filled(rows: number, cols: number, entry: (i: number, j: number) => number): Matrix<Float64Array> {
  return {
    data: Float64Array.from({ length: rows * cols }, (_, at) => entry(Math.floor(at / cols), at % cols)),
    rows,
    cols,
  };
}

describe('pairs of equal and of nearly equal weight', () => {
  const random = randomFor(4, 'test', 0);
  const noise = (size: number): number => size * (random() - 0.5);
  const [few, many] = [3, 12];
  const flat = filled(B, K, () => -Math.log(K));
  const TIED: readonly (readonly [string, Mixture])[] = [
    ['all equal', mixtureWith(zeros(B, N), zeros(K, N), flat)],
    [
      'few different exemplars, many times each',
      mixtureWith(
        filled(B, N, (b, j) => (b + j) % few),
        filled(K, N, (k, j) => (k * j) % few),
        flat,
      ),
    ],
    [
      'equal exemplars, different personas',
      mixtureWith(
        zeros(B, N),
        zeros(K, N),
        filled(B, K, (_, k) => -5 - ((k * 7) % many) / 10),
      ),
    ],
    [
      'differences of 1e-12',
      mixtureWith(
        filled(B, N, () => noise(1e-12)),
        filled(K, N, () => noise(1e-12)),
        flat,
      ),
    ],
    [
      'differences of the last bit',
      mixtureWith(
        filled(B, N, () => 1 + noise(6e-16)),
        filled(K, N, () => 1 + noise(6e-16)),
        flat,
      ),
    ],
    [
      'contexts against personas',
      mixtureWith(
        filled(B, N, (_, j) => j / 64),
        filled(K, N, (_, j) => -j / 64),
        flat,
      ),
    ],
    [
      'contexts against personas, a bit apart',
      mixtureWith(
        filled(B, N, (_, j) => j / 3),
        filled(K, N, (_, j) => -j / 3),
        flat,
      ),
    ],
  ];

  describe.each(TIED)('%s', (_, mixture) => {
    it.each([4, 40])('are taken by the smaller persona and then the smaller exemplar: the %d first', (count) => {
      const found = topPairs(mixture, count);
      for (let b = 0; b < B; b++) {
        expect(pairsOf(found, b)).toEqual(bruteForce(mixture, b, count));
      }
    });
  });

  it('are found without looking at all of them', () => {
    const [contexts, personas, exemplars] = [16, 100, 20_000];
    const equal = {
      logPersona: filled(contexts, personas, () => -Math.log(personas)),
      contextLogits: zeros(contexts, exemplars),
      personaLogits: wholeLogits(zeros(personas, exemplars)),
      logNormalizers: filled(contexts, personas, () => Math.log(exemplars)),
      masked: new Int32Array(contexts).fill(-1),
    };
    const millisecondsOf = (work: () => unknown): number => {
      const before = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    const least = (work: () => unknown): number => Math.min(...[0, 1, 2].map(() => millisecondsOf(work)));
    let sum = 0;
    const all = least(() => {
      for (let b = 0; b < contexts; b++) {
        for (let k = 0; k < personas; k++) {
          const row = equal.personaLogits.row(k);
          for (let j = 0; j < exemplars; j++) sum += row[j] + equal.contextLogits.data[b * exemplars + j];
        }
      }
    });
    expect(sum).toBe(0);
    expect(least(() => topPairs(equal, 4))).toBeLessThan(all);
    expect([...topPairs(equal, 4).exemplars.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
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
