import { describe, expect, it } from '@jest/globals';
import { matrixOf, normal, randomFor, takeRows, zeros } from '@mixture-of-personas/numeric';
import { probabilities, trainClassifier, type LabeledRows } from '../../src/baselines/classifier.js';
import { reverseCrossEntropy } from '../../src/baselines/influence.js';
import { withOnes } from '../../src/baselines/classifier.js';
import { influenceScores } from '../../src/baselines/influence.js';

/** Rows around a center a class, one in eight with another class's label: some rows help and some harm. */
function mixedRows(count: number, classes: number, purpose: string): Pick<LabeledRows, 'rows' | 'classOf'> {
  const truth = Array.from({ length: count }, (_, i) => i % classes);
  const embeddings = matrixOf(
    truth.map((c, i) => {
      const random = randomFor(3, purpose, i);
      return Array.from({ length: 6 }, (_, j) => (j === c ? 1.2 : 0) + normal(random));
    }),
  );
  const classOf = Int32Array.from(truth, (c, i) => (i % 8 === 5 ? (c + 1) % classes : c));
  return { rows: withOnes(embeddings), classOf };
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

describe('trainClassifier', () => {
  it('stops where the gradient is zero: each class is given its own share of the rows, but for λ', () => {
    const set = { ...mixedRows(60, 3, 'train'), classes: 3, regularization: 0.02 };
    const theta = trainClassifier(set);
    const p = probabilities(set.rows, theta);
    for (let c = 0; c < 3; c++) {
      for (let j = 0; j < 7; j++) {
        let sum = 0.02 * theta.data[c * 7 + j];
        for (let i = 0; i < 60; i++) {
          sum += ((p.data[i * 3 + c] - (set.classOf[i] === c ? 1 : 0)) * set.rows.data[i * 7 + j]) / 60;
        }
        expect(Math.abs(sum)).toBeLessThan(1e-9);
      }
    }
  });

  it('refuses labels that do not fit', () => {
    const set = { ...mixedRows(6, 2, 'train'), classes: 2, regularization: 0.1 };
    expect(() => trainClassifier({ ...set, classOf: Int32Array.of(0, 1) })).toThrow(/6 class numbers, got 2/);
    expect(() => trainClassifier({ ...set, classes: 1 })).toThrow(/classes must be at least 2/);
    expect(() => trainClassifier({ ...set, regularization: 0 })).toThrow(/regularization must be a positive number/);
  });
});

describe('influenceScores', () => {
  it.each([
    [2, 40, 0.02],
    [3, 60, 0.02],
    [4, 80, 0.05],
  ])('rank rows as leaving each out and training again does: %i classes, %i rows, λ %d', (classes, count, lambda) => {
    const training = { ...mixedRows(count, classes, 'train'), classes, regularization: lambda };
    const validation = mixedRows(200, classes, 'validation');
    const scores = influenceScores(training, validation);
    const before = reverseCrossEntropy(validation, trainClassifier(training));
    const gains = Array.from({ length: count }, (_, left) => {
      const kept = Array.from({ length: count }, (_, i) => i).filter((i) => i !== left);
      const rest = {
        ...training,
        rows: takeRows(training.rows, kept),
        classOf: training.classOf.filter((_, i) => i !== left),
      };
      return reverseCrossEntropy(validation, trainClassifier(rest)) - before;
    });
    const predicted = scores.map((score) => -score / count);
    expect(rankCorrelation(predicted, gains)).toBeGreaterThan(0.98);
    const wrong = Array.from(scores).filter((_, i) => i % 8 === 5);
    const right = Array.from(scores).filter((_, i) => i % 8 !== 5);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(wrong)).toBeGreaterThan(mean(right));
  });

  it('has the gradient of the validation loss that central differences give', () => {
    const training = { ...mixedRows(30, 3, 'train'), classes: 3, regularization: 1e9 };
    const validation = mixedRows(20, 3, 'validation');
    // With so large a λ, θ* is 0 and H is λI: the score of a row is −∇RCE(0) · ∇CE(z; 0) / λ.
    const scores = influenceScores(training, validation);
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
        for (let j = 0; j < 7; j++) expected -= slope(c * 7 + j) * error * training.rows.data[i * 7 + j];
      }
      expect(scores[i] * 1e9).toBeCloseTo(expected, 5);
    }
  });

  it('refuses an empty validation set', () => {
    const training = { ...mixedRows(6, 2, 'train'), classes: 2, regularization: 0.1 };
    const nothing = { rows: zeros(0, 7), classOf: new Int32Array(0) };
    expect(() => influenceScores(training, nothing)).toThrow(/validation must be one or more rows/);
  });
});
