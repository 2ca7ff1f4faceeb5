import { randomFor } from '@mixture-of-personas/numeric';

import { answerDistances } from '../answers.js';
import { downstreamF1, macroF1 } from '../f1.js';
import type { Computation } from './outcome.js';

/** How far the label distributions are apart. */
export const answers: Computation = ({ labels, settings }) => {
  const both = labels('answers');
  const all = [...new Set(both.flat())];
  const ordinal = all.every((label) => label.trim() !== '' && Number.isFinite(Number(label)));
  const options = all.sort((a, b) => (ordinal ? Number(a) - Number(b) : a < b ? -1 : 1));
  const numbers = new Map(options.map((option, i) => [option, i]));
  const [synthetic, golden] = both.map((list) => Int32Array.from(list, (label) => numbers.get(label)!));
  const counts = (list: Int32Array): Float64Array => {
    const out = new Float64Array(options.length);
    for (const option of list) out[option]++;
    return out;
  };
  const { jensenShannon, wasserstein, ...others } = answerDistances(counts(synthetic), counts(golden));
  return {
    value: jensenShannon,
    parts: ordinal ? { ...others, wasserstein } : others,
    settings: { options: options.length, ordinal, logarithm: 'natural' },
    resampler: {
      method: 'basic',
      over: 'labels of both sets',
      sample: (index) => {
        const drawn = [synthetic, golden].map((list, side) => {
          const random = randomFor(settings.seed, 'bootstrap-labels', 2 * index + side);
          return counts(list.map(() => list[Math.floor(random() * list.length)]));
        });
        return answerDistances(drawn[0], drawn[1]).jensenShannon;
      },
    },
  };
};

/** Macro F1 on golden of a classifier trained on synthetic. */
export const downstream: Computation = (sets) => {
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
    warnings: unseen.length > 0 ? [`Synthetic has no row labelled: ${unseen.join(', ')}. These score 0.`] : [],
    resampler: {
      method: 'percentile',
      over: 'golden rows, the classifier held fixed',
      sample: (index) => {
        const random = randomFor(sets.settings.seed, 'bootstrap-golden', index);
        const rows = f1.given.map(() => Math.floor(random() * f1.given.length));
        return macroF1(
          rows.map((i) => f1.predicted[i]),
          rows.map((i) => f1.given[i]),
          f1.classes.length,
        );
      },
    },
  };
};
