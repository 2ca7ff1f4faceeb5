import { defineMetric, warnIf, type Metric, type MetricFacts } from '../metric/define-metric.js';
import { percentileBootstrap, shareInterval } from '../metric/intervals.js';
import { resampledMean } from '../metric/means.js';
import type { ReadySets } from '../metric/ready-sets.js';
import { manifold, type Manifold } from './manifold.js';

/** The balls of both sets, computed once for the four metrics. */
const balls = ({ vectors, settings }: ReadySets): Manifold => manifold(...vectors('precision'), settings);

/** One of the four k-NN metrics: the mean of a number per row, balls held fixed while rows are resampled. */
function ballMetric<Name extends 'precision' | 'recall' | 'density' | 'coverage'>(
  name: Name,
  facts: Pick<MetricFacts, 'title' | 'better' | 'range' | 'formula' | 'source'>,
  perRow: (of: Manifold, neighbors: number) => ArrayLike<number>,
): Metric<Name> {
  const rows = name === 'precision' || name === 'density' ? 'synthetic' : 'golden';
  return defineMetric({
    name,
    facts: {
      ...facts,
      needs: 'embeddings',
      of: 'two sets',
      functions: ['manifold'],
      cost: '0.9 s for all four; little',
    },
    compute: ({ vectors, settings: { neighbors, normalize, precision }, shared }) => {
      vectors(name);
      const state = shared(balls);
      const [synthetic, golden] = state.emptyBalls;
      return {
        value: state[name],
        settings: { neighbors, normalize, precision },
        warnings: warnIf(
          synthetic + golden > 0,
          `${synthetic} synthetic and ${golden} golden rows have so many exact copies that their balls have radius 0 and hold nothing.`,
        ),
        state,
      };
    },
    resample: (state, { settings: { neighbors, seed } }) => {
      const [values, over] = [perRow(state, neighbors), `rows of ${rows}, balls held fixed`];
      return name === 'density'
        ? percentileBootstrap(over, resampledMean(values, seed))
        : shareInterval(over, values.length);
    },
  });
}

/** Share of synthetic rows inside golden balls. */
export const precision: Metric<'precision'> = ballMetric(
  'precision',
  {
    title: 'Precision (k-NN)',
    better: 'higher',
    range: [0, 1],
    formula: 'share of synthetic rows in k-NN balls of golden, k 5',
    source: 'Kynkäänniemi 2019',
  },
  ({ ballsAround }) => ballsAround.map((around) => (around > 0 ? 1 : 0)),
);

/** Share of golden rows inside synthetic balls. */
export const recall: Metric<'recall'> = ballMetric(
  'recall',
  {
    title: 'Recall (k-NN)',
    better: 'higher',
    range: [0, 1],
    formula: 'share of golden rows in k-NN balls of synthetic, k 5',
    source: 'Kynkäänniemi 2019',
  },
  ({ reached }) => reached,
);

/** Golden balls a synthetic row lies in, divided by k. */
export const density: Metric<'density'> = ballMetric(
  'density',
  {
    title: 'Density (k-NN)',
    better: 'target',
    range: [0, Infinity],
    formula: 'golden balls around a synthetic row, over k; about 1 for equal sets',
    source: 'Naeem 2020',
  },
  ({ ballsAround }, k) => ballsAround.map((around) => around / k),
);

/** Share of golden balls that hold a synthetic row. */
export const coverage: Metric<'coverage'> = ballMetric(
  'coverage',
  {
    title: 'Coverage (k-NN)',
    better: 'higher',
    range: [0, 1],
    formula: 'share of golden balls that hold a synthetic row, k 5',
    source: 'Naeem 2020',
  },
  ({ covered }) => covered,
);
