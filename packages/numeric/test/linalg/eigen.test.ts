import { describe, expect, it } from '@jest/globals';
import { type Matrix, matrixOf, multiplyByTranspose, toFloat64, zeros } from '../../src/index.js';
import { EigenvalueDecomposition, Matrix as MlMatrix, SingularValueDecomposition } from 'ml-matrix';

import { symmetricEigenvalues } from '../../src/linalg/eigenvalues.js';
import { leadingEigenvectors } from '../../src/linalg/eigenvectors.js';
import { nuclearNorm, singularValues } from '../../src/linalg/singular-values.js';
import { gaussianRows } from '../sets.js';

const gram = (x: Matrix): Matrix<Float64Array> => toFloat64(multiplyByTranspose(x, x));
const asRows = ({ data, rows, cols }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
const largestGap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

describe('symmetricEigenvalues', () => {
  it.each([
    ['full rank', gram(gaussianRows(40, 60, 1))],
    ['rank 5 of 40', gram(gaussianRows(40, 5, 2))],
    ['zeros', zeros(6, 6)],
    ['one number', matrixOf([[3]])],
    [
      'equal eigenvalues',
      matrixOf([
        [2, 0, 0],
        [0, 2, 0],
        [0, 0, 2],
      ]),
    ],
  ])('agrees with ml-matrix to rounding of the largest: %s', (_, symmetric) => {
    const oracle = new EigenvalueDecomposition(new MlMatrix(asRows(symmetric))).realEigenvalues.toSorted(
      (a, b) => a - b,
    );
    const scale = Math.max(1, ...oracle.map(Math.abs));
    expect(largestGap(symmetricEigenvalues(symmetric), oracle) / scale).toBeLessThan(1e-13);
  });
});

describe('singularValues and nuclearNorm', () => {
  it.each([
    ['tall', gaussianRows(30, 12, 3)],
    ['wide', gaussianRows(9, 25, 4)],
    ['rank 3', multiplyByTranspose(gaussianRows(20, 3, 5), gaussianRows(15, 3, 6)) as Matrix<Float64Array>],
  ])('agree with ml-matrix: %s', (_, c) => {
    const oracle = new SingularValueDecomposition(new MlMatrix(asRows(c)), { autoTranspose: true }).diagonal;
    const ascending = oracle.toSorted((a, b) => a - b);
    expect(largestGap(singularValues(c), ascending)).toBeLessThan(1e-12 * ascending.at(-1)!);
    const sum = oracle.reduce((a, b) => a + b, 0);
    expect(Math.abs(nuclearNorm(c) - sum)).toBeLessThan(1e-11 * sum);
  });
});

describe('leadingEigenvectors', () => {
  it.each([
    ['full rank', gram(gaussianRows(50, 80, 7)), 20],
    ['rank 4, so that the fifth belongs to eigenvalue 0', gram(gaussianRows(30, 4, 8)), 6],
    [
      'equal eigenvalues',
      matrixOf([
        [2, 0, 0, 0],
        [0, 2, 0, 0],
        [0, 0, 2, 0],
        [0, 0, 0, 1],
      ]),
      3,
    ],
  ])('are orthonormal and satisfy A v = λ v: %s', (_, symmetric, count) => {
    const { values, vectors } = leadingEigenvectors(symmetric, () => count);
    const product = multiplyByTranspose(vectors, symmetric);
    const overlaps = multiplyByTranspose(vectors, vectors);
    for (let m = 0; m < count; m++) {
      for (let j = 0; j < count; j++) expect(overlaps.data[m * count + j]).toBeCloseTo(m === j ? 1 : 0, 12);
      for (let i = 0; i < symmetric.rows; i++) {
        const at = m * symmetric.rows + i;
        expect(Math.abs(product.data[at] - values[m] * vectors.data[at])).toBeLessThan(1e-12 * Math.max(1, values[0]));
      }
    }
  });
});
