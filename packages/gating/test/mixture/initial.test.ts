import { describe, expect, it } from '@jest/globals';
import { matrixOf, rowOf, unitRows, type Matrix } from '@mixture-of-personas/numeric';
import { centeredUnitRows, centerOf } from '../../src/mixture/centering.js';
import { mixtureOf } from '../../src/backends/gradient.js';
import { initialGate, randomGate, uniformGate } from '../../src/mixture/initial.js';
import { requirePopulation } from '../../src/mixture/population.js';
import { gaussian, toyPopulation } from '../support/toy.js';

const cosine = (a: Matrix, i: number, b: Matrix, j: number): number =>
  Array.from(rowOf(a, i)).reduce((sum, value, p) => sum + value * rowOf(b, j)[p], 0);

/** Root mean square error of x·e against α cos over all pairs of records and exemplars. */
function errorOf(hidden: number, d: number, embeddings?: Matrix): number {
  const records = unitRows(lowRank(40, d, 1));
  const exemplars = unitRows(lowRank(30, d, 2));
  const gate = initialGate(
    { d, personas: 1, hidden, seed: 3 },
    { similarity: 12, ...(embeddings === undefined ? {} : { embeddings: exemplars }) },
  );
  const { contextLogits } = mixtureOf(gate, { contexts: records, personas: exemplars, exemplars });
  let sum = 0;
  for (let i = 0; i < 40; i++) {
    for (let j = 0; j < 30; j++) sum += (contextLogits.data[i * 30 + j] - 12 * cosine(records, i, exemplars, j)) ** 2;
  }
  return Math.sqrt(sum / 1200);
}

/** Rows that live mostly in the first eight directions, as embeddings do in some few. */
function lowRank(rows: number, cols: number, seed: number): Matrix<Float64Array> {
  const matrix = gaussian(rows, cols, seed);
  return { ...matrix, data: matrix.data.map((value, at) => (at % cols < 8 ? value : value * 0.1)) };
}

describe('initialGate', () => {
  it('makes x·e exactly α cos when nothing is projected away', () => {
    expect(errorOf(24, 24)).toBeLessThan(1e-12);
    expect(errorOf(32, 24)).toBeLessThan(1e-12);
  });

  it('makes it about α cos with fewer dimensions, better when it is told the embeddings', () => {
    const [random, informed] = [errorOf(16, 64), errorOf(16, 64, gaussian(1, 1, 0))];
    expect(informed).toBeLessThan(random / 2);
    expect(informed).toBeLessThan(1.2);
  });

  it('is the same gate for the same seed, and another for another', () => {
    const gate = (seed: number) => initialGate({ d: 9, personas: 2, hidden: 4, seed });
    expect(gate(1)).toEqual(gate(1));
    expect(gate(1)).not.toEqual(gate(2));
    expect(randomGate({ d: 9, personas: 2, seed: 1 })).not.toEqual(randomGate({ d: 9, personas: 2, seed: 2 }));
  });

  it('completes the basis when the embeddings span too little', () => {
    const one = matrixOf([[1, 0, 0, 0]]);
    const gate = initialGate({ d: 4, personas: 1, hidden: 3 }, { embeddings: one, similarity: 1 });
    for (let i = 0; i < 3; i++) expect(cosine(gate.inputWeights, i, gate.inputWeights, i)).toBeCloseTo(1, 9);
  });

  it('refuses what does not fit', () => {
    expect(() => initialGate({ d: 0, personas: 2 })).toThrow(/d must be a positive integer, got 0/);
    expect(() => initialGate({ d: 3, personas: 2 }, { similarity: NaN })).toThrow(/similarity/);
    expect(() => uniformGate({ d: 3, personas: 2, temperature: 0 })).toThrow(/temperature/);
  });
});

describe('centeredUnitRows', () => {
  it('takes the center away and leaves unit rows', () => {
    const matrix = gaussian(20, 5, 1);
    const centered = centeredUnitRows(matrix, centerOf(matrix));
    for (let i = 0; i < 20; i++) expect(cosine(centered, i, centered, i)).toBeCloseTo(1, 12);
    expect(() => centeredUnitRows(matrix, Float64Array.of(1))).toThrow(/5 and 1/);
  });
});

describe('a population', () => {
  const population = toyPopulation(3, 2, 2);
  it.each([
    [{ ...population, personas: gaussian(2, 4, 1) }, /6 and 4/],
    [{ ...population, exemplars: { data: new Float64Array(0), rows: 0, cols: 6 } }, /row in exemplars, got 0/],
    [
      { ...population, records: { ...population.records, data: population.records.data.map(() => NaN) } },
      /records, got NaN/,
    ],
    [{ ...population, ownExemplar: [0, 1] }, /3 entries.*got 2/],
    [{ ...population, ownExemplar: [0, 1, 2] }, /−1 and 1, got 2 for record 2/],
  ])('is refused with the matrix and the row named: %#', (wrong, message) => {
    expect(() => requirePopulation('fitGate', wrong)).toThrow(message);
  });
});
