import {
  classProbabilities,
  fitLogisticRegression,
  randomFor,
  rowOf,
  SettingError,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { sumOf } from '@mixture-of-personas/numeric/internal';

import { requireLabels, requireSets, type Labeled } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { percentileBootstrap } from '../metric/intervals.js';

/** F1 on golden rows of a classifier trained on synthetic ones. */
export interface DownstreamF1 {
  /** Mean F1 over the classes that golden has, [0, 1]; a class that synthetic lacks scores 0. */
  readonly macro: number;
  /** F1 over all decisions: with one label a row, the same as accuracy. */
  readonly micro: number;
  readonly accuracy: number;
  /** F1 of each class of golden. */
  readonly perClass: ReadonlyMap<string, number>;
  /** Class number predicted for and given to each golden row, in `classes`. */
  readonly predicted: Int32Array;
  readonly given: Int32Array;
  readonly classes: readonly string[];
}

/**
 * Train on synthetic, test on golden: multinomial logistic regression on embeddings (L2, C = 1), F1 on golden.
 * @param synthetic n₁ × d with n₁ labels of at least 2 kinds
 * @param golden n₂ × d with n₂ labels
 * @throws ShapeError when labels and rows do not match, widths differ, or a row has a NaN; SettingError when synthetic has one kind only
 */
export function downstreamF1(synthetic: Labeled, golden: Labeled): DownstreamF1 {
  requireSets('downstreamF1', synthetic.embeddings, golden.embeddings, 1);
  requireLabels('downstreamF1', { synthetic, golden });
  const trained = [...new Set(synthetic.labels)].sort();
  if (trained.length < 2) {
    throw new SettingError('downstreamF1', 'the labels of synthetic', 'of at least 2 kinds', trained.join());
  }
  const classes = [...trained, ...[...new Set(golden.labels)].filter((label) => !trained.includes(label)).sort()];
  const numbers = new Map(classes.map((label, c) => [label, c]));
  const numbersOf = (labels: readonly string[]): Int32Array => Int32Array.from(labels, (label) => numbers.get(label)!);
  const training = { rows: synthetic.embeddings, classOf: numbersOf(synthetic.labels), classes: trained.length };
  const theta = fitLogisticRegression(training, { regularization: 1 / synthetic.embeddings.rows });
  const predicted = likeliest(classProbabilities(golden.embeddings, theta));
  const given = numbersOf(golden.labels);
  const scores = f1Scores(predicted, given, classes.length);
  const present = classes.map((_, c) => c).filter((c) => given.includes(c));
  const correct = given.reduce((sum, c, i) => sum + (predicted[i] === c ? 1 : 0), 0) / given.length;
  return {
    macro: macroF1(predicted, given, classes.length),
    micro: correct,
    accuracy: correct,
    perClass: new Map(present.map((c) => [classes[c], scores[c]])),
    predicted,
    given,
    classes,
  };
}

/** The class of highest probability for each row; the first of equal ones. */
const likeliest = (p: Matrix<Float64Array>): Int32Array =>
  Int32Array.from({ length: p.rows }, (_, i) => {
    const row = rowOf(p, i);
    return row.indexOf(Math.max(...row));
  });

/** Mean F1 over the classes that occur in `given`. */
export function macroF1(predicted: ArrayLike<number>, given: ArrayLike<number>, classes: number): number {
  const scores = f1Scores(predicted, given, classes);
  const present = new Uint8Array(classes);
  for (let i = 0; i < given.length; i++) present[given[i]] = 1;
  return scores.reduce((sum, score, c) => sum + present[c] * score, 0) / sumOf(present);
}

/** 2 TP / (2 TP + FP + FN) of each class; 0 where nothing was given or predicted. */
function f1Scores(predicted: ArrayLike<number>, given: ArrayLike<number>, classes: number): Float64Array {
  const hits = new Float64Array(classes);
  const mentions = new Float64Array(classes);
  for (let i = 0; i < given.length; i++) {
    mentions[predicted[i]]++;
    mentions[given[i]]++;
    if (predicted[i] === given[i]) hits[given[i]]++;
  }
  return hits.map((count, c) => (mentions[c] > 0 ? (2 * count) / mentions[c] : 0));
}

/** Macro F1 on golden of a classifier trained on synthetic. */
export const downstream: Metric<'f1'> = defineMetric({
  name: 'f1',
  facts: {
    title: 'Downstream macro F1',
    better: 'higher',
    range: [0, 1],
    needs: 'embeddings and labels',
    of: 'two sets',
    functions: ['downstreamF1'],
    formula: 'macro F1 on golden of logistic regression trained on synthetic',
    source: 'train on synthetic, test on real',
    cost: '1–3 s; little',
  },
  compute: (sets) => {
    const [synthetic, golden] = sets.vectors('f1');
    const [own, given] = sets.labels('f1');
    const f1 = downstreamF1({ embeddings: synthetic, labels: own }, { embeddings: golden, labels: given });
    const parts: Record<string, number> = { micro: f1.micro, accuracy: f1.accuracy };
    for (const [label, score] of f1.perClass) parts[`f1.${label}`] = score;
    const unseen = [...f1.perClass.keys()].filter((label) => !own.includes(label));
    return {
      value: f1.macro,
      parts,
      settings: { classifier: 'multinomial logistic regression, L2, C = 1', normalize: sets.settings.normalize },
      warnings: unseen.length > 0 ? [`Synthetic has no row labeled: ${unseen.join(', ')}. These score 0.`] : [],
      state: f1,
    };
  },
  resample: (f1, { settings: { seed } }) =>
    percentileBootstrap('golden rows, the classifier held fixed', (index) => {
      const random = randomFor(seed, 'bootstrap-golden', index);
      const rows = f1.given.map(() => Math.floor(random() * f1.given.length));
      const [predicted, given] = [f1.predicted, f1.given].map((classOf) => rows.map((i) => classOf[i]));
      return macroF1(predicted, given, f1.classes.length);
    }),
});
