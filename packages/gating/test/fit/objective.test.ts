import { describe, expect, it } from '@jest/globals';
import { randomFor, rowOf, type Matrix } from '@mixture-of-personas/numeric';
import { likelihoodOf, type FitData, type Objective } from '../../src/fit/objective.js';
import { fitData } from '../../src/fit/fit-scores.js';
import { gateOf, logTemperatures } from '../../src/fit/parameters.js';
import { GROUPS, type MixtureStepName } from '../../src/fit/steps.js';
import type { Gate } from '../../src/mixture/gate.js';
import type { Population } from '../../src/mixture/population.js';
import { scoreTable, readerAt, type ScoreTable } from '../../src/scores/score-table.js';
import { gaussian, toyCurve, toyPopulation } from '../support/toy.js';

const [RECORDS, K, N, D] = [7, 3, 5, 6];
const population: Population = { ...toyPopulation(RECORDS, K, N, D), ownExemplar: [2, -1, 0, -1, 4, -1, -1] };
const allPairs = Array.from({ length: K * N }, (_, s) => ({ persona: Math.floor(s / N), exemplar: s % N }));

/** All pairs for every record, or nine candidates of which each record has five. */
function tableOf(kind: 'complete' | 'drawn'): ScoreTable {
  const pairs = kind === 'complete' ? allPairs : allPairs.filter((_, s) => s % 5 !== 1).slice(0, 9);
  const records = Array.from({ length: RECORDS }, (_, record) => {
    const mine = pairs.map((_, s) => s).filter((s) => kind === 'complete' || (s + record) % 2 === 0);
    const random = randomFor(3, 'inclusion', record);
    return {
      record,
      pairs: Int32Array.from(mine),
      logInclusion: Float64Array.from(mine, () => (kind === 'complete' ? 0 : Math.log(0.3 + 0.5 * random()))),
    };
  });
  const curves = records.flatMap(({ record, pairs: mine }) =>
    Array.from(mine, (s) => toyCurve(-8 + 2 * Math.sin(3 * s + 5 * record), 9)),
  );
  const logCandidate = Float64Array.from(pairs, (_, s) => Math.log(0.4 + 0.05 * s));
  return scoreTable({ pairs, records, ...(kind === 'complete' ? {} : { logCandidate }) }, curves, [0.5, 2]);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** π_k Ω_kj of one input by the definition, one number at a time, with some exemplars masked; from the gate's own matrices and biases. */
function weightsByDefinition(gate: Gate, input: ArrayLike<number> | undefined, masked: number): number[] {
  const projected = (weights: Matrix, bias: Float64Array, h: ArrayLike<number>): number[] =>
    Array.from(bias, (b, i) => dot(rowOf(weights, i), h) + b);
  const x = projected(gate.inputWeights, gate.inputBias, input ?? new Float64Array(D));
  const [g, e] = [
    Array.from({ length: K }, (_, k) =>
      projected(gate.personaWeights, gate.personaBias, rowOf(population.personas, k)),
    ),
    Array.from({ length: N }, (_, j) =>
      projected(gate.exemplarWeights, gate.exemplarBias, rowOf(population.exemplars, j)),
    ),
  ];
  const softmax = (logits: number[]): number[] => {
    const exps = logits.map(Math.exp);
    return exps.map((value) => value / exps.reduce((sum, one) => sum + one, 0));
  };
  const pi = softmax(g.map((row) => dot(x, row)));
  return g.flatMap((row, k) => {
    const logits = e.map((exemplar, j) => (j === masked ? -Infinity : dot(x, exemplar) + dot(row, exemplar)));
    return softmax(logits).map((omega) => pi[k] * omega);
  });
}

/** ℓ of every record by the definition. */
function byDefinition({ space, table, objective }: FitData, vector: Float64Array, looksAtInput: boolean): number[] {
  const gate = gateOf(space, vector);
  const temperatures = logTemperatures(space, vector).values;
  const input = (record: number): Float64Array | undefined =>
    looksAtInput ? rowOf(population.records as Matrix<Float64Array>, record) : undefined;
  return table.records.map(({ record, pairs, logInclusion }, i) => {
    const contexts = objective === 'conditional' ? [record] : table.records.map((one) => one.record);
    const others = contexts.filter((one) => objective === 'conditional' || one !== record);
    const mean = (rows: readonly number[], masked: number): number[] =>
      allPairs.map(
        (_, s) => rows.reduce((sum, row) => sum + weightsByDefinition(gate, input(row), masked)[s], 0) / rows.length,
      );
    const index = (s: number): number => table.pairs[s].persona * N + table.pairs[s].exemplar;
    const weights = mean(others, population.ownExemplar![record]);
    let sum = 0;
    pairs.forEach((s, m) => {
      const log = readerAt(table, temperatures[table.pairs[s].persona]).value(table.offsets[i] + m);
      sum += (weights[index(s)] * Math.exp(log - logInclusion[m])) / Math.exp(table.logCandidate?.[s] ?? 0);
    });
    if (!table.logCandidate) return Math.log(sum);
    const all = mean(contexts, -1);
    return (
      Math.log(sum) -
      Math.log(table.pairs.reduce((total, _, s) => total + all[index(s)] / Math.exp(table.logCandidate![s]), 0))
    );
  });
}

/** A point with all of the step's groups away from 0. */
function pointOf(data: FitData, step: MixtureStepName): Float64Array {
  const random = gaussian(1, data.space.size, 11).data;
  const vector = random.map((value) => 0.3 * value);
  const { groups } = data.space;
  const still =
    step === 'uniform'
      ? Object.keys(groups).slice(2)
      : step === 'biases'
        ? ['xe', 'xg', 'Mxe', 'Mge', 'Mxg']
        : step === 'scales'
          ? ['Mxe', 'Mge', 'Mxg']
          : [];
  for (const [name, [from, length]] of Object.entries(groups))
    if (still.includes(name)) vector.fill(0, from, from + length);
  return vector;
}

const cases = (['uniform', 'biases', 'scales', 'matrices'] as const).flatMap((step) =>
  (['marginal', 'conditional'] as const).flatMap((objective) =>
    (['complete', 'drawn'] as const).map((kind): [MixtureStepName, Objective, 'complete' | 'drawn'] => [
      step,
      objective,
      kind,
    ]),
  ),
);

describe('the objective of fitScores', () => {
  it.each(cases)(
    'is its definition, and its gradient what central differences give: %s, %s, %s',
    (step, objective, kind) => {
      const data = fitData(population, tableOf(kind), {
        objective,
        temperatureRange: [0.5, 2],
        rank: 4,
        matrixRank: 2,
        contexts: kind === 'drawn' && objective === 'conditional' ? 3 : 32,
      });
      const records = Array.from({ length: RECORDS }, (_, i) => i);
      const likelihood = likelihoodOf(data, { records, inputs: records, step });
      const vector = pointOf(data, step);
      const gradient = new Float64Array(data.space.size);
      const found = likelihood(vector, gradient);
      const expected = byDefinition(data, vector, step === 'scales' || step === 'matrices');
      expected.forEach((value, i) => expect(Math.abs(found[i] - value)).toBeLessThan(1e-10));
      const total = (): number => likelihood(vector).reduce((sum, value) => sum + value, 0);
      for (const group of GROUPS[step]) {
        const [from, length] = data.space.groups[group];
        for (let i = from; i < from + length; i++) {
          const kept = vector[i];
          const h = 1e-5;
          vector[i] = kept + h;
          const above = total();
          vector[i] = kept - h;
          const below = total();
          vector[i] = kept;
          expect(Math.abs(gradient[i] - (above - below) / (2 * h))).toBeLessThan(
            1e-6 * Math.max(1, Math.abs(gradient[i])),
          );
        }
      }
    },
  );
});
