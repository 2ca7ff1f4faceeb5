import { randomFor, takeRows, toFloat64, unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { resampleCounts } from '../bootstrap.js';
import { frechetInfinity } from '../frechet-infinity.js';
import { frechetDistance, frechetResampler } from '../frechet.js';
import { vendi, vendiOfRows } from '../vendi.js';
import type { Computation } from './outcome.js';
import type { Both } from './ready-sets.js';
import { resampledRows } from './resampling.js';

/** Fréchet distance. */
export const frechet: Computation = ({ vectors, settings }) => {
  const both = vectors('frechet');
  const value = frechetDistance(...both);
  return {
    value,
    settings: { normalize: settings.normalize, covariance: 'n − 1' },
    warnings: dimensionWarnings(both),
    resampler: { method: 'basic', over: 'rows of both sets', sample: frechetResampler(...both, settings) },
  };
};

/** FID∞. Its spread is that of few resamples, since each takes as long as the figure: eight distances. */
export const frechetAtInfinity: Computation = ({ vectors, settings }) => {
  const both = vectors('frechet-infinity');
  const { intercept, slope, sizes } = frechetInfinity(...both, settings);
  return {
    value: intercept,
    parts: { slope },
    settings: { normalize: settings.normalize, sizes },
    warnings: sizes[0] <= both[0].cols ? [singularWarning(sizes[0], both[0].cols)] : [],
    resampler: {
      method: 'normal',
      over: 'rows of both sets, at most 20 times',
      atMost: 20,
      sample: (index) => frechetInfinity(...resampledRows(both, settings.seed, index), settings).intercept,
    },
  };
};

/** Vendi score of synthetic; golden's beside it. */
export const vendiScore: Computation = ({ embeddings, settings }) => {
  const [synthetic, golden] = embeddings('vendi');
  const own = vendi(synthetic);
  const target = vendi(golden);
  const unit = unitRows(toFloat64(synthetic));
  return {
    value: own.q1,
    parts: {
      q2: own.q2,
      qInfinity: own.qInfinity,
      golden: target.q1,
      goldenQ2: target.q2,
      goldenQInfinity: target.qInfinity,
    },
    settings: { kernel: 'cosine', order: 1 },
    resampler: {
      method: 'basic',
      over: 'rows of synthetic',
      sample: (index) => {
        const counts = resampleCounts(unit.rows, randomFor(settings.seed, 'bootstrap-synthetic', index));
        const drawn = Int32Array.from(counts.keys()).filter((i) => counts[i] > 0);
        const rows = takeRows(unit, drawn);
        rows.data.forEach(
          (entry, at) => (rows.data[at] = entry * Math.sqrt(counts[drawn[Math.floor(at / unit.cols)]])),
        );
        return vendiOfRows(rows).q1;
      },
    },
  };
};

function dimensionWarnings(both: Both<Matrix>): string[] {
  const n = Math.min(both[0].rows, both[1].rows);
  const d = both[0].cols;
  if (n <= d) return [singularWarning(n, d)];
  if (n < 10 * d) {
    return [
      `${n} rows for ${d} dimensions: the distance is biased upwards by about b/n. Compare it only with figures at the same n, or read frechet-infinity.`,
    ];
  }
  return [];
}

function singularWarning(n: number, d: number): string {
  return `${n} rows for ${d} dimensions: the covariance is singular and the distance mostly bias. Use kid, or more rows.`;
}
