import { multiplyByTranspose, toFloat64, unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { cosineHistogramKl, histogramKl } from '../cosine-kl.js';
import { aroundGolden, energyDistance, euclidean } from '../energy.js';
import type { MetricName } from '../figure.js';
import { cubicKernel, gaussianKernel, kid, mmd, squaredNorms, type Kernel } from '../kernel-distance.js';
import { medianSquaredDistance } from '../median-distance.js';
import type { Computation, Outcome } from './outcome.js';
import type { Both, ReadySets } from './ready-sets.js';
import { pairResampler } from './resampling.js';

const OVER = 'rows of both sets, pairs of a row with itself left out';

/** KL of the cosine histograms, with both histograms' means as parts. */
export const cosineKl: Computation = ({ embeddings, settings }) => {
  const both = embeddings('cosine-kl');
  const { bins, epsilon, precision, threads, products, seed } = settings;
  const value = cosineHistogramKl(...both, { bins, epsilon, precision, threads, products });
  return {
    value,
    settings: { bins, from: -1, to: 1, epsilon, precision, pairs: 'i < j within each set' },
    resampler: {
      method: 'basic',
      over: OVER,
      sample: pairResampler(value, both, seed, (rows) => {
        const [p, q] = rows.map((set) => binsOfPairs(set, bins));
        return ([w, v]) => histogramKl(weightedHistogram(p, w, bins), weightedHistogram(q, v, bins), epsilon);
      }),
    },
    warnings: sparseWarning(both, bins),
  };
};

/** The bin of every pair i < j, row by row. */
function binsOfPairs(set: Matrix, bins: number): Int32Array {
  const unit = unitRows(toFloat64(set));
  const { data, rows: n } = multiplyByTranspose(unit, unit);
  const out = new Int32Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      out[at++] = Math.max(0, Math.min(bins - 1, Math.floor(((data[i * n + j] + 1) / 2) * bins)));
    }
  }
  return out;
}

function weightedHistogram(pairBins: Int32Array, weights: Int32Array, bins: number): Float64Array {
  const counts = new Float64Array(bins);
  const n = weights.length;
  let at = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights[i];
    if (weight === 0) at += n - i - 1;
    else for (let j = i + 1; j < n; j++) counts[pairBins[at++]] += weight * weights[j];
  }
  return counts;
}

function sparseWarning(both: Both<Matrix>, bins: number): string[] {
  const pairs = Math.min(...both.map(({ rows }) => (rows * (rows - 1)) / 2));
  return pairs < 100 * bins ? [`Only ${pairs} pairs for ${bins} bins: empty bins, and so epsilon, decide much.`] : [];
}

/** Kernel distance with the cubic kernel. */
export const kernelInception: Computation = (sets) =>
  kernelFigure(sets, 'kid', (both) => ({
    value: kid(...both, sets.settings),
    kernel: cubicKernel(both[0].cols),
    settings: { kernel: '(x·y/d + 1)³', estimator: 'unbiased' },
  }));

/** MMD² with the Gaussian kernel. */
export const gaussianMmd: Computation = (sets) =>
  kernelFigure(sets, 'mmd', (both) => {
    const bandwidth = medianSquaredDistance(...both);
    if (bandwidth === 0) {
      return {
        value: 0,
        kernel: null,
        settings: { bandwidth },
        warnings: ['Most pooled pairs of rows coincide: there is no length to measure by.'],
      };
    }
    return {
      value: mmd(...both, { ...sets.settings, bandwidth }),
      kernel: gaussianKernel(bandwidth),
      settings: { kernel: 'exp(−‖x − y‖²/s)', bandwidth, estimator: 'unbiased' },
    };
  });

/** Energy distance: the pair figure of the kernel −‖x − y‖. */
export const energy: Computation = (sets) =>
  kernelFigure(sets, 'energy', (both) => ({
    value: energyDistance(...both, sets.settings),
    kernel: (dot, squaredX, squaredY) => -euclidean(dot, squaredX, squaredY),
    settings: { estimator: 'unbiased' },
  }));

interface KernelChoice {
  readonly value: number;
  readonly kernel: Kernel | null;
  readonly settings: Record<string, string | number>;
  readonly warnings?: readonly string[];
}

function kernelFigure(
  { vectors, settings }: ReadySets,
  metric: MetricName,
  choose: (both: Both<Matrix>) => KernelChoice,
): Outcome {
  const both = vectors(metric);
  const { value, kernel, settings: chosen, warnings = [] } = choose(both);
  const outcome = {
    value,
    settings: { ...chosen, normalize: settings.normalize, precision: settings.precision },
    warnings,
  };
  if (!kernel) return outcome;
  const sample = pairResampler(value, both, settings.seed, (rows) => weightedMmd(rows, kernel));
  return { ...outcome, resampler: { method: 'basic', over: OVER, sample } };
}

/** The unbiased squared MMD as a function of row weights. */
function weightedMmd(rows: Both<Matrix>, kernel: Kernel): (weights: Both<Int32Array>) => number {
  const [x, y] = kernel.length === 1 ? rows.map(toFloat64) : aroundGolden(...rows);
  const within = [x, y].map((set) => kernelValues(set, set, kernel));
  const across = kernelValues(x, y, kernel);
  return (weights) =>
    weightedMean(within[0], weights[0], weights[0], true) +
    weightedMean(within[1], weights[1], weights[1], true) -
    2 * weightedMean(across, weights[0], weights[1], false);
}

function kernelValues(a: Matrix, b: Matrix, kernel: Kernel): Float64Array {
  const [squaresA, squaresB] = [squaredNorms(a), squaredNorms(b)];
  return Float64Array.from(multiplyByTranspose(a, b).data, (dot, at) =>
    kernel(dot, squaresA[Math.floor(at / b.rows)], squaresB[at % b.rows]),
  );
}

/** Σ w v k / Σ w v, with or without i = j. */
function weightedMean(values: Float64Array, w: Int32Array, v: Int32Array, skipDiagonal: boolean): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < w.length; i++) {
    if (w[i] === 0) continue;
    let rowSum = 0;
    let rowTotal = 0;
    for (let j = 0; j < v.length; j++) {
      rowSum += v[j] * values[i * v.length + j];
      rowTotal += v[j];
    }
    if (skipDiagonal) {
      rowSum -= v[i] * values[i * v.length + i];
      rowTotal -= v[i];
    }
    sum += w[i] * rowSum;
    total += w[i] * rowTotal;
  }
  return sum / total;
}
