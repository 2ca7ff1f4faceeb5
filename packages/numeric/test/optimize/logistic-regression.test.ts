import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { matrixOf, rowOf, takeRows, zeros, type Matrix } from '../../src/matrix.js';
import { normal, randomFor } from '../../src/random.js';
import {
  classProbabilities,
  fitLogisticRegression,
  solveLogisticHessian,
  type LabeledRows,
  type LogisticPenalty,
} from '../../src/optimize/logistic-regression.js';

interface Golden {
  readonly tolerance: number;
  readonly rows: number[][];
  readonly classOf: number[];
  readonly cases: readonly (LogisticPenalty & {
    readonly name: string;
    readonly theta: number[][];
    readonly probabilities: number[][];
  })[];
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/logistic-regression.json', import.meta.url), 'utf8'),
) as Golden;
const set: LabeledRows = { rows: matrixOf(golden.rows), classOf: Int32Array.from(golden.classOf), classes: 3 };

/** The gradient of the mean loss at θ, summed row by row. */
function gradientAt({ rows, classOf }: LabeledRows, penalty: LogisticPenalty, theta: Matrix<Float64Array>): number[] {
  const p = classProbabilities(rows, theta);
  const d = rows.cols;
  return Array.from(theta.data, (value, at) => {
    const [c, j] = [Math.floor(at / (d + 1)), at % (d + 1)];
    let sum = j < d || penalty.penalizeBias ? penalty.regularization * value : 0;
    for (let i = 0; i < rows.rows; i++) {
      const x = j < d ? rows.data[i * d + j] : 1;
      sum += ((p.data[i * p.cols + c] - (classOf[i] === c ? 1 : 0)) * x) / rows.rows;
    }
    return sum;
  });
}

const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

describe('fitLogisticRegression', () => {
  it.each(golden.cases)('finds what scikit-learn finds: $name', ({ theta, probabilities, ...penalty }) => {
    const found = fitLogisticRegression(set, penalty);
    const expected = matrixOf(theta);
    found.data.forEach((value, at) => expect(Math.abs(value - expected.data[at])).toBeLessThan(golden.tolerance));
    const p = classProbabilities(takeRows(set.rows, [0, 1, 2, 3, 4]), found);
    probabilities.forEach((row, i) => row.forEach((value, c) => expect(rowOf(p, i)[c]).toBeCloseTo(value, 6)));
  });

  it.each([true, false])('ends where the gradient is zero: penalizeBias %s', (penalizeBias) => {
    const penalty = { regularization: 0.02, penalizeBias };
    expect(largest(gradientAt(set, penalty, fitLogisticRegression(set, penalty)))).toBeLessThan(1e-9);
  });

  it('reaches the minimum of rows far from zero, and of classes that a plane parts', () => {
    const rows = matrixOf(
      Array.from({ length: 90 }, (_, i) => {
        const random = randomFor(5, 'far', i);
        return Array.from({ length: 6 }, (__, j) => 1000 + (j === i % 3 ? 8 : 0) + normal(random));
      }),
    );
    const far = { rows, classOf: Int32Array.from({ length: 90 }, (_, i) => i % 3), classes: 3 };
    const penalty = { regularization: 1e-4 };
    const theta = fitLogisticRegression(far, penalty);
    const weights = gradientAt(far, penalty, theta).filter((_, at) => at % 7 === 6);
    expect(largest(weights)).toBeLessThan(1e-9);
    const p = classProbabilities(rows, theta);
    far.classOf.forEach((c, i) => expect(rowOf(p, i)[c]).toBeGreaterThan(0.9));
  });

  it('refuses labels that do not fit', () => {
    const penalty = { regularization: 0.1 };
    expect(() => fitLogisticRegression({ ...set, classOf: Int32Array.of(0, 1) }, penalty)).toThrow(
      /60 class numbers, got 2/,
    );
    expect(() => fitLogisticRegression({ ...set, classes: 1 }, penalty)).toThrow(/classes must be at least 2/);
    expect(() => fitLogisticRegression(set, { regularization: 0 })).toThrow(/regularization must be a positive number/);
  });
});

describe('solveLogisticHessian', () => {
  it.each([true, false])('solves H x = b with H from central differences: penalizeBias %s', (penalizeBias) => {
    const penalty = { regularization: 0.02, penalizeBias };
    const theta = fitLogisticRegression(set, penalty);
    const b = zeros(3, 5);
    // Each column sums to 0 over the classes: a free bias leaves H no inverse elsewhere.
    b.data.forEach(
      (_, at) =>
        (b.data[at] = Math.sin(at) - (Math.sin(at % 5) + Math.sin((at % 5) + 5) + Math.sin((at % 5) + 10)) / 3),
    );
    const x = solveLogisticHessian(set, penalty, theta, b);
    const step = 1e-4 / largest([...x.data]);
    const moved = (scale: number): number[] =>
      gradientAt(set, penalty, { ...theta, data: theta.data.map((value, at) => value + scale * x.data[at]) });
    const [up, down] = [moved(step), moved(-step)];
    b.data.forEach((value, at) => expect((up[at] - down[at]) / (2 * step)).toBeCloseTo(value, 5));
  });
});
