import { describe, expect, it } from '@jest/globals';
import { matrixOf, normal, randomFor, rowOf, takeRows, zeros, type Matrix } from '@mixture-of-personas/numeric';
import { discrepancyGradient } from '../../src/discrepancy/fit-discrepancy.js';
import {
  bestPairWeights,
  discrepancyForm,
  discrepancyOf,
  fitDiscrepancy,
  noContext,
  randomGate,
  type DiscrepancyFit,
  type DiscrepancyStep,
  type Pair,
  type PairSamples,
  type Population,
} from '../../src/index.js';

const WIDTH = 6;
const PAIRS: Pair[] = [0, 1, 2].flatMap((persona) => [0, 1].map((exemplar) => ({ persona, exemplar })));
const TRUE_WEIGHTS = [0.4, 0.05, 0.25, 0, 0.2, 0.1];

/** Points around the centre of pair p. */
function around(p: number, count: number, purpose: string): number[][] {
  const centre = randomFor(1, 'centre', p);
  const middle = Array.from({ length: WIDTH }, () => 2 * normal(centre));
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

function runToEnd(steps: Generator<DiscrepancyStep, DiscrepancyFit>): {
  fit: DiscrepancyFit;
  trace: DiscrepancyStep[];
} {
  const trace: DiscrepancyStep[] = [];
  for (let next = steps.next(); ; next = steps.next()) {
    if (next.done) return { fit: next.value, trace };
    trace.push(next.value);
  }
}

function largestGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

describe('discrepancyForm', () => {
  it('equals the unbiased MMD² computed pair of texts by pair of texts', () => {
    const samples = samplesOf(4, 'fit');
    const texts = populationTexts(40, 'texts');
    const form = discrepancyForm(samples, texts, 3);
    const k = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
      Math.exp(-Array.from(x).reduce((sum, v, i) => sum + (v - y[i]) ** 2, 0) / 6);
    let direct = 0;
    const between = (x: Matrix, y: Matrix, same: boolean): number => {
      let [sum, count] = [0, 0];
      for (let i = 0; i < x.rows; i++)
        for (let j = 0; j < y.rows; j++)
          if (!same || i !== j) [sum, count] = [sum + k(rowOf(x, i), rowOf(y, j)), count + 1];
      return sum / count;
    };
    const of = (p: number): Matrix =>
      takeRows(
        samples.texts,
        [0, 1, 2, 3].map((i) => 4 * p + i),
      );
    TRUE_WEIGHTS.forEach((w, p) => {
      TRUE_WEIGHTS.forEach((v, q) => (direct += w * v * between(of(p), of(q), p === q)));
      direct -= 2 * w * between(of(p), texts, false);
    });
    direct += between(texts, texts, true);
    expect(discrepancyOf(form, Float64Array.from(TRUE_WEIGHTS))).toBeCloseTo(direct, 10);
  });

  it('refuses uneven samples, too few texts and a bandwidth that is not positive', () => {
    const texts = populationTexts(20, 'texts');
    const uneven = { pairs: PAIRS, texts: zeros(13, WIDTH) };
    expect(() => discrepancyForm(uneven, texts)).toThrow(/same number of texts for every pair/);
    expect(() => discrepancyForm(samplesOf(2, 'fit'), takeRows(texts, [0]))).toThrow(/two texts/);
    expect(() => discrepancyForm(samplesOf(2, 'fit'), texts, 0)).toThrow(/bandwidth/);
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
  const texts = populationTexts(600, 'texts');
  const population: Population = {
    records: noContext(texts.rows, WIDTH),
    personas: embeddings(3, 'personas'),
    exemplars: embeddings(2, 'exemplars'),
  };
  const rows = Array.from({ length: texts.rows }, (_, i) => i);
  const gate = randomGate({ hidden: 8, d: WIDTH, personas: 3, seed: 5 });

  it('has the gradient that differences say', () => {
    const contexts = { ...population, records: embeddings(texts.rows, 'contexts') };
    const form = discrepancyForm(samplesOf(20, 'fit'), texts);
    const at = { rows: rows.slice(0, 9), form, pairs: PAIRS };
    const { gradients } = discrepancyGradient(gate, contexts, at);
    for (const part of ['inputWeights', 'personaWeights', 'exemplarWeights'] as const) {
      const data = gate[part].data;
      for (const i of [0, 7, 20, data.length - 1]) {
        const [kept, h] = [data[i], 1e-5];
        data[i] = kept + h;
        const above = discrepancyGradient(gate, contexts, at).value;
        data[i] = kept - h;
        const below = discrepancyGradient(gate, contexts, at).value;
        data[i] = kept;
        expect(gradients[part].data[i]).toBeCloseTo((above - below) / (2 * h), 8);
      }
    }
  });

  it('moves the gate’s mean weights to those of the population, and says so on held-out texts', () => {
    const half = texts.rows / 2;
    const shuffled = rows.map((i) => (i * 7) % texts.rows);
    const { fit, trace } = runToEnd(
      fitDiscrepancy(population, {
        gate,
        training: { rows: shuffled.slice(0, half), texts, samples: samplesOf(60, 'fit') },
        heldOut: { rows: shuffled.slice(half), texts, samples: samplesOf(60, 'held out') },
        learningRate: 0.03,
        steps: 400,
      }),
    );
    const start = trace[0].heldOut ?? NaN;
    const end = trace[fit.step].heldOut ?? NaN;
    expect(end).toBeLessThan(start / 10);
    // Weights of 0.4 and 0 within what 60 texts a pair tell.
    expect(largestGap(fit.weights, TRUE_WEIGHTS)).toBeLessThan(0.08);
  });

  it('gives the same steps again with the same seed, on contexts drawn anew each step', () => {
    const run = (): DiscrepancyStep[] =>
      runToEnd(
        fitDiscrepancy(population, {
          gate,
          training: { rows, texts, samples: samplesOf(10, 'fit') },
          contexts: 50,
          steps: 5,
          seed: 3,
        }),
      ).trace;
    expect(run()).toEqual(run());
  });
});
