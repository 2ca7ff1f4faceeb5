import { describe, expect, it } from '@jest/globals';
import type * as numeric from '../src/index.js';

// A realm without WebAssembly: what a browser under a strict content security policy offers.
Reflect.deleteProperty(globalThis, 'WebAssembly');
const { expInPlace, kMeans, multiply, multiplyByTranspose, multiplyTransposed, normal, randomFor } =
  await import('../src/index.js');

const random = randomFor(1, 'fallback', 0);
const square = (n: number): numeric.Matrix<Float64Array> => ({
  data: Float64Array.from({ length: n * n }, () => normal(random)),
  rows: n,
  cols: n,
});

describe('without WebAssembly', () => {
  it('there is none', () => {
    expect('WebAssembly' in globalThis).toBe(false);
  });

  it('products agree with each other and with the definition', () => {
    const n = 40;
    const [a, b] = [square(n), square(n)];
    const turn = (m: numeric.Matrix<Float64Array>): numeric.Matrix<Float64Array> => ({
      ...m,
      data: m.data.map((_, at) => m.data[(at % n) * n + Math.floor(at / n)]),
    });
    const product = multiply(a, b).data;
    let expected = 0;
    for (let p = 0; p < n; p++) expected += a.data[7 * n + p] * b.data[p * n + 9];
    expect(product[7 * n + 9]).toBeCloseTo(expected, 12);
    expect(Array.from(multiplyByTranspose(a, turn(b)).data)).toEqual(Array.from(product));
    expect(Array.from(multiplyTransposed(turn(a), b).data)).toEqual(Array.from(product));
  });

  it('exponentials are those of Math.exp, subnormal ones 0', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => -8 * i);
    const expected = values.map((x) => (x < -708.3964185322641 ? 0 : Math.exp(x)));
    expInPlace(values);
    expect(Array.from(values)).toEqual(Array.from(expected));
  });

  it('k-means finds what is plain to see', () => {
    const points = {
      data: Float64Array.from({ length: 60 }, (_, i) => (i % 3) * 10 + normal(random) / 10),
      rows: 60,
      cols: 1,
    };
    const { labels, converged } = kMeans(points, 3, { initialization: 'plusplus', restarts: 3 });
    expect(converged).toBe(true);
    for (let i = 3; i < 60; i++) expect(labels[i]).toBe(labels[i % 3]);
  });
});
