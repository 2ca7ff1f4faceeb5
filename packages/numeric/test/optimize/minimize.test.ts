import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { minimize, type Evaluated } from '../../src/optimize/minimize.js';

interface Golden {
  readonly tolerance: number;
  readonly rosenbrock: { readonly start: number[]; readonly point: number[]; readonly value: number };
  readonly logistic: {
    readonly x: number[][];
    readonly y: number[];
    readonly ridge: number;
    readonly point: number[];
    readonly value: number;
  };
}
const golden = JSON.parse(readFileSync(new URL('../golden/minimize.json', import.meta.url), 'utf8')) as Golden;

/** Σ 100 (x_{i+1} − x_i²)² + (1 − x_i)². */
function rosenbrock(x: Float64Array): Evaluated {
  const gradient = new Float64Array(x.length);
  let value = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const [gap, rest] = [x[i + 1] - x[i] ** 2, 1 - x[i]];
    value += 100 * gap ** 2 + rest ** 2;
    gradient[i] += -400 * x[i] * gap - 2 * rest;
    gradient[i + 1] += 200 * gap;
  }
  return { value, gradient };
}

function logistic(w: Float64Array): Evaluated {
  const { x, y, ridge } = golden.logistic;
  const gradient = w.map((value) => 2 * ridge * value);
  let value = ridge * w.reduce((sum, entry) => sum + entry * entry, 0);
  x.forEach((row, i) => {
    const z = row.reduce((sum, entry, j) => sum + entry * w[j], 0);
    value += (Math.log1p(Math.exp(z)) - y[i] * z) / x.length;
    row.forEach((entry, j) => (gradient[j] += ((1 / (1 + Math.exp(-z)) - y[i]) * entry) / x.length));
  });
  return { value, gradient };
}

const distance = (a: ArrayLike<number>, b: readonly number[]): number =>
  Math.max(...b.map((value, i) => Math.abs(value - a[i])));

describe('minimize', () => {
  it('finds the minimum of the Rosenbrock function in two dimensions from the usual start', () => {
    const found = minimize(rosenbrock, Float64Array.of(-1.2, 1), { tolerance: 1e-9 });
    expect(distance(found.point, [1, 1])).toBeLessThan(1e-7);
    expect(found.converged).toBe(true);
    expect(found.evaluations).toBeLessThan(80);
  });

  it('finds what SciPy finds on the Rosenbrock function in five dimensions', () => {
    const { start, point } = golden.rosenbrock;
    const found = minimize(rosenbrock, Float64Array.from(start), { tolerance: 1e-9 });
    expect(distance(found.point, point)).toBeLessThan(golden.tolerance);
  });

  it('finds what SciPy finds on a ridge-penalized logistic regression', () => {
    const { point, value } = golden.logistic;
    const found = minimize(logistic, new Float64Array(4), { tolerance: 1e-10 });
    expect(distance(found.point, point)).toBeLessThan(golden.tolerance);
    expect(found.value).toBeCloseTo(value, 12);
  });

  it('turns back from where the function is infinite', () => {
    // −log(1 − x²) − x/2 has its minimum where 2x/(1 − x²) = 1/2: x = √5 − 2.
    const barrier = ([x]: Float64Array): Evaluated =>
      Math.abs(x) < 1
        ? { value: -Math.log(1 - x * x) - x / 2, gradient: Float64Array.of((2 * x) / (1 - x * x) - 0.5) }
        : { value: Infinity, gradient: Float64Array.of(0) };
    expect(minimize(barrier, Float64Array.of(-0.99)).point[0]).toBeCloseTo(Math.sqrt(5) - 2, 6);
  });

  it('leaves the start as it is and stops at maxIterations', () => {
    const start = Float64Array.of(-1.2, 1);
    const found = minimize(rosenbrock, start, { maxIterations: 3 });
    expect(Array.from(start)).toEqual([-1.2, 1]);
    expect([found.iterations, found.converged]).toEqual([3, false]);
  });
});
