import { describe, expect, it } from '@jest/globals';
import {
  logSumExp,
  matrixOf,
  requireFinite,
  requireRows,
  requireSameCols,
  rowOf,
  softmaxInPlace,
  takeRows,
  toFloat32,
  toFloat64,
  unitRows,
  zeros,
} from '../src/index.js';

describe('matrices', () => {
  it('are row-major, and a row is a view', () => {
    const matrix = matrixOf([
      [1, 2],
      [3, 4],
    ]);
    rowOf(matrix, 1)[0] = 9;
    expect(Array.from(matrix.data)).toEqual([1, 2, 9, 4]);
  });

  it('say which row has another length', () => {
    expect(() => matrixOf([[1, 2], [3]])).toThrow('2 columns in every row, got 1 in row 1');
  });

  it('give rows in the order asked, in the same precision', () => {
    const taken = takeRows(toFloat32(matrixOf([[1], [2], [3]])), [2, 0]);
    expect(taken.data).toBeInstanceOf(Float32Array);
    expect(Array.from(taken.data)).toEqual([3, 1]);
  });

  it('change precision only where it differs', () => {
    const matrix = zeros(2, 2);
    expect(toFloat64(matrix)).toBe(matrix);
    expect(toFloat64(toFloat32(matrix)).data).toBeInstanceOf(Float64Array);
  });

  it('have unit rows even when their squares would overflow or vanish', () => {
    const unit = unitRows(
      matrixOf([
        [3e200, 4e200],
        [3e-200, 4e-200],
      ]),
    );
    unit.data.forEach((value, at) => expect(value).toBeCloseTo(at % 2 ? 0.8 : 0.6, 12));
  });

  it('refuse what has no direction, no number, too few rows or another width, naming it', () => {
    expect(() => unitRows(zeros(2, 2))).toThrow('row 0');
    expect(() => requireFinite('f', 'golden', matrixOf([[0, NaN]]))).toThrow(
      'finite numbers in golden, got NaN in row 0, column 1',
    );
    expect(() => requireRows('f', 'golden', zeros(1, 1), 2)).toThrow('at least 2 rows in golden, got 1');
    expect(() => requireSameCols('f', zeros(1, 3), zeros(1, 4))).toThrow('3 and 4');
  });
});

describe('logSumExp', () => {
  it('neither overflows nor underflows', () => {
    expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 12);
    expect(logSumExp([-1000, -1000])).toBeCloseTo(-1000 + Math.LN2, 12);
    expect(logSumExp([])).toBe(-Infinity);
    expect(logSumExp([-Infinity, -Infinity])).toBe(-Infinity);
  });

  it('is what softmax subtracts', () => {
    const values = Float64Array.of(1, -Infinity, 3);
    expect(softmaxInPlace(values)).toBeCloseTo(Math.log(Math.E + Math.E ** 3), 12);
    expect(values[1]).toBe(0);
    expect(values[0] + values[2]).toBeCloseTo(1, 12);
  });
});
