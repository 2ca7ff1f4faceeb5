import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { multiply, multiplyByTranspose, multiplyTransposed, normal, randomFor, type Matrix } from '../../src/index.js';

function matrix(rows: number, cols: number, single: boolean, seed: number): Matrix {
  const random = randomFor(seed, 'matrix', 0);
  const numbers = Float64Array.from({ length: rows * cols }, () => normal(random));
  return { data: single ? Float32Array.from(numbers) : numbers, rows, cols };
}

const transpose = ({ data, rows, cols }: Matrix): Matrix => ({
  data: Float64Array.from({ length: rows * cols }, (_, at) => data[(at % rows) * cols + Math.floor(at / rows)]),
  rows: cols,
  cols: rows,
});

/** A·B one entry at a time. */
function reference(a: Matrix, b: Matrix): Float64Array {
  const out = new Float64Array(a.rows * b.cols);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.cols; j++) {
      for (let p = 0; p < a.cols; p++) out[i * b.cols + j] += a.data[i * a.cols + p] * b.data[p * b.cols + j];
    }
  }
  return out;
}

function largestError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  return worst;
}

const shapes: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [3, 5, 7],
  [31, 40, 33],
  [129, 130, 257],
  [5, 2100, 9],
];

describe.each([
  ['float64', false, 1e-12],
  ['float32', true, 1e-3],
] as const)('products in %s', (_, single, tolerance) => {
  it.each(shapes)('agree with the definition in all three ways of reading the factors: %d × %d × %d', (m, k, n) => {
    const a = matrix(m, k, single, 1);
    const b = matrix(k, n, single, 2);
    const expected = reference(a, b);
    const single32 = (x: Matrix): Matrix => (single ? { ...x, data: Float32Array.from(x.data) } : x);
    expect(largestError(multiply(a, b).data, expected)).toBeLessThan(tolerance);
    expect(largestError(multiplyByTranspose(a, single32(transpose(b))).data, expected)).toBeLessThan(tolerance);
    expect(largestError(multiplyTransposed(single32(transpose(a)), b).data, expected)).toBeLessThan(tolerance);
  });
});

describe('products', () => {
  it('agree with the definition at any shape', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        (m, k, n) => {
          const [a, b] = [matrix(m, k, false, m), matrix(k, n, false, n)];
          expect(largestError(multiply(a, b).data, reference(a, b))).toBeLessThan(1e-12);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are float32 only when both factors are', () => {
    const [single, double] = [matrix(4, 4, true, 1), matrix(4, 4, false, 1)];
    expect(multiply(single, single).data).toBeInstanceOf(Float32Array);
    expect(multiply(single, double).data).toBeInstanceOf(Float64Array);
  });

  it('write to the matrix that is given', () => {
    const out = matrix(4, 4, false, 3);
    const a = matrix(4, 4, false, 1);
    expect(multiply(a, a, out)).toBe(out);
    expect(largestError(out.data, reference(a, a))).toBeLessThan(1e-12);
  });

  it('say both inner sizes when they differ', () => {
    expect(() => multiply(matrix(2, 3, false, 1), matrix(4, 2, false, 1))).toThrow(/3 and 4/);
    expect(() => multiplyByTranspose(matrix(2, 3, false, 1), matrix(4, 2, false, 1))).toThrow(/3 and 2/);
    expect(() => multiplyTransposed(matrix(2, 3, false, 1), matrix(4, 2, false, 1))).toThrow(/2 and 4/);
  });
});

describe('a matrix times its own transpose', () => {
  it.each([
    ['float32', true, 1e-3],
    ['float64', false, 1e-11],
  ] as const)('is symmetric to the last bit and right: %s', (_, single, tolerance) => {
    const a = matrix(600, 300, single, 5);
    const [rows, columns] = [multiplyByTranspose(a, a), multiplyTransposed(a, a)];
    for (const { data, rows: n } of [rows, columns]) {
      for (let i = 0; i < n; i++)
        for (let j = 0; j < i; j++) if (data[i * n + j] !== data[j * n + i]) expect([i, j]).toBe('equal');
    }
    expect(largestError(rows.data, reference(a, transpose(a)))).toBeLessThan(tolerance);
    expect(largestError(columns.data, reference(transpose(a), a))).toBeLessThan(tolerance);
  });
});

describe('Aᵀ·A deeper than one tile', () => {
  // The diagonal sums 1,100 squares of about 1: what rounds is the sum, so the error is held against its size.
  it.each([
    ['float32', true, 3e-6],
    ['float64', false, 1e-14],
  ] as const)('is right to the rounding of its sums: %s', (_, single, relative) => {
    const deep = matrix(1100, 270, single, 6);
    const error = largestError(multiplyTransposed(deep, deep).data, reference(transpose(deep), deep));
    expect(error / 1100).toBeLessThan(relative);
  });
});

describe('a matrix to write to', () => {
  it('decides the precision', () => {
    const a = matrix(40, 40, true, 1);
    const out = matrix(40, 40, false, 2);
    expect(largestError(multiply(a, a, out).data, reference(a, a))).toBeLessThan(1e-12);
  });

  it('is refused when it does not fit or is one of the factors', () => {
    const a = matrix(40, 40, true, 1);
    expect(() => multiply(a, a, matrix(40, 39, true, 1))).toThrow('an out of 40 × 40, got 40 × 39');
    expect(() => multiplyTransposed(a, matrix(40, 40, true, 2), a)).toThrow('the memory of a factor');
  });
});
