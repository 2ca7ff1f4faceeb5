import type { MetricFacts, MetricName } from './figure.js';

/** Every metric by name, in the order of a printed table. */
export const METRICS: Readonly<Record<MetricName, MetricFacts>> = {
  frechet: { title: 'Fréchet distance', better: 'lower', range: [0, Infinity], needs: 'embeddings' },
  'frechet-infinity': {
    title: 'Fréchet distance at infinitely many rows',
    better: 'lower',
    range: [-Infinity, Infinity],
    needs: 'embeddings',
  },
  mauve: { title: 'MAUVE', better: 'higher', range: [0, 1], needs: 'embeddings' },
  'cosine-kl': { title: 'KL of cosine histograms', better: 'lower', range: [0, Infinity], needs: 'embeddings' },
  kid: { title: 'Kernel distance (cubic)', better: 'lower', range: [-Infinity, Infinity], needs: 'embeddings' },
  mmd: { title: 'MMD² (Gaussian kernel)', better: 'lower', range: [-Infinity, 2], needs: 'embeddings' },
  precision: { title: 'Precision (k-NN)', better: 'higher', range: [0, 1], needs: 'embeddings' },
  recall: { title: 'Recall (k-NN)', better: 'higher', range: [0, 1], needs: 'embeddings' },
  density: { title: 'Density (k-NN)', better: 'target', range: [0, Infinity], needs: 'embeddings' },
  coverage: { title: 'Coverage (k-NN)', better: 'higher', range: [0, 1], needs: 'embeddings' },
  vendi: { title: 'Vendi score', better: 'target', range: [1, Infinity], needs: 'embeddings' },
  'distinct-n': { title: 'Distinct n-grams', better: 'target', range: [0, 1], needs: 'texts' },
  'self-bleu': { title: 'Self-BLEU', better: 'target', range: [0, 1], needs: 'texts' },
  c2st: { title: 'Two-sample test (1-NN accuracy)', better: 'target', range: [0, 1], needs: 'embeddings' },
  energy: { title: 'Energy distance', better: 'lower', range: [-Infinity, Infinity], needs: 'embeddings' },
  answers: { title: 'Label distribution (Jensen–Shannon)', better: 'lower', range: [0, Math.LN2], needs: 'labels' },
  subgroup: { title: 'Subgroup recall (mean)', better: 'higher', range: [0, 1], needs: 'embeddings and labels' },
  leak: { title: 'Texts leaked from exemplars', better: 'lower', range: [0, 1], needs: 'texts' },
  f1: { title: 'Downstream macro F1', better: 'higher', range: [0, 1], needs: 'embeddings and labels' },
};

/** All metric names, in the order of {@link METRICS}. */
export const METRIC_NAMES: readonly MetricName[] = Object.keys(METRICS) as MetricName[];
