import { describe, expect, it } from '@jest/globals';
import {
  classProbabilities,
  fitLogisticRegression,
  matrixOf,
  normal,
  randomFor,
  rowOf,
  takeRows,
  zeros,
  type LabeledRows,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { influenceScores, type ValidationRows } from '../../src/baselines/influence.js';

/** Rows around a center a class, one in eight with another class's label: some rows help and some harm. */
function mixedRows(count: number, classes: number, purpose: string): Omit<LabeledRows, 'classes'> {
  const truth = Array.from({ length: count }, (_, i) => i % classes);
  const embeddings = matrixOf(
    truth.map((c, i) => {
      const random = randomFor(3, purpose, i);
      return Array.from({ length: 6 }, (_, j) => (j === c ? 1.2 : 0) + normal(random));
    }),
  );
  const classOf = Int32Array.from(truth, (c, i) => (i % 8 === 5 ? (c + 1) % classes : c));
  return { rows: embeddings, classOf };
}

/** ℓ_RCE = −(1/|V|) Σ_i Σ_k p_k log q_k with q the given class, log 0 := −4. */
function reverseCrossEntropy({ rows, classOf }: ValidationRows, theta: Matrix<Float64Array>): number {
  const p = classProbabilities(rows, theta);
  return classOf.reduce((sum, c, i) => sum + 4 * (1 - rowOf(p, i)[c]), 0) / rows.rows;
}

function ranksOf(values: ArrayLike<number>): number[] {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Array<number>(order.length);
  order.forEach((i, rank) => (ranks[i] = rank));
  return ranks;
}

/** Spearman's rank correlation; no ties. */
function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [of, to] = [ranksOf(a), ranksOf(b)];
  const n = of.length;
  const squares = of.reduce((sum, rank, i) => sum + (rank - to[i]) ** 2, 0);
  return 1 - (6 * squares) / (n * (n * n - 1));
}

describe('influenceScores', () => {
  it.each([
    [2, 40, 0.02],
    [3, 60, 0.02],
    [4, 80, 0.05],
  ])('rank rows as leaving each out and training again does: %i classes, %i rows, λ %d', (classes, count, lambda) => {
    const training = { ...mixedRows(count, classes, 'train'), classes };
    const penalty = { regularization: lambda, penalizeBias: true };
    const validation = mixedRows(200, classes, 'validation');
    const scores = influenceScores(training, validation, lambda);
    const before = reverseCrossEntropy(validation, fitLogisticRegression(training, penalty));
    const gains = Array.from({ length: count }, (_, left) => {
      const kept = Array.from({ length: count }, (_, i) => i).filter((i) => i !== left);
      const rest = {
        ...training,
        rows: takeRows(training.rows, kept),
        classOf: training.classOf.filter((_, i) => i !== left),
      };
      return reverseCrossEntropy(validation, fitLogisticRegression(rest, penalty)) - before;
    });
    const predicted = scores.map((score) => -score / count);
    expect(rankCorrelation(predicted, gains)).toBeGreaterThan(0.98);
    const wrong = Array.from(scores).filter((_, i) => i % 8 === 5);
    const right = Array.from(scores).filter((_, i) => i % 8 !== 5);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(wrong)).toBeGreaterThan(mean(right));
  });

  it('has the gradient of the validation loss that central differences give', () => {
    const training = { ...mixedRows(30, 3, 'train'), classes: 3 };
    const validation = mixedRows(20, 3, 'validation');
    // With so large a λ, θ* is 0 and H is λI: the score of a row is −∇RCE(0) · ∇CE(z; 0) / λ.
    const scores = influenceScores(training, validation, 1e9);
    const step = 1e-5;
    const slope = (at: number): number => {
      const [up, down] = [zeros(3, 7), zeros(3, 7)];
      up.data[at] = step;
      down.data[at] = -step;
      return (reverseCrossEntropy(validation, up) - reverseCrossEntropy(validation, down)) / (2 * step);
    };
    for (const i of [0, 7, 19]) {
      let expected = 0;
      for (let c = 0; c < 3; c++) {
        const error = 1 / 3 - (training.classOf[i] === c ? 1 : 0);
        for (let j = 0; j < 7; j++) expected -= slope(c * 7 + j) * error * (j < 6 ? training.rows.data[i * 6 + j] : 1);
      }
      expect(scores[i] * 1e9).toBeCloseTo(expected, 5);
    }
  });

  it('refuses an empty validation set', () => {
    const training = { ...mixedRows(6, 2, 'train'), classes: 2 };
    const nothing = { rows: zeros(0, 6), classOf: new Int32Array(0) };
    expect(() => influenceScores(training, nothing, 0.1)).toThrow(/validation must be one or more rows/);
  });
});
