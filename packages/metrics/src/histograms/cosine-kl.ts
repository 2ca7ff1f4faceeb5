import { requireThreads, toFloat64, unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { requireCount, requireDirections, requirePositive, requireSets } from '../metric/checks.js';
import { defineMetric, type Metric } from '../metric/define-metric.js';
import { normalBootstrap } from '../metric/intervals.js';
import type { RowProducts } from '../pairs/row-products.js';
import { isExact, upperTilesOf, type Precision } from '../pairs/tiles.js';
import { countCosinesFast } from './cosine-counts.js';
import { countCosinesBy } from './cosine-products.js';
import { cosineResampler } from './cosine-resampler.js';
import { histogramKl } from './histogram-kl.js';

/** Settings of {@link cosineHistogram}. */
export interface CosineHistogramOptions {
  /** Equal bins on [−1, 1]. The paper does not give a number. @defaultValue 100 */
  readonly bins?: number;
  /**
   * `float64` takes every product in float64; `float32` and, above 2,000 rows, `auto` take 16-bit products and go back to float64 for
   * pairs near a bin's edge, which gives the same counts several times faster. @defaultValue 'auto'
   */
  readonly precision?: Precision;
  /** Threads to use for 16-bit products, where there are worker threads (Node); the counts are the same. @defaultValue 1 */
  readonly threads?: number;
  /** Products by TensorFlow or another faster source, in place of 16-bit ones; the counts are the same. @defaultValue none */
  readonly products?: RowProducts | undefined;
}

/** Settings of {@link cosineHistogramKl}. */
export interface CosineKlOptions extends CosineHistogramOptions {
  /** Added to every bin's share before normalizing again, > 0: it decides the figure where supports differ. @defaultValue 1e-10 */
  readonly epsilon?: number;
}

/**
 * KL divergence between the histograms of pairwise cosines inside each set (Mixture of Personas, Eq. 6):
 * Σ P ln(P/Q), P synthetic, Q golden, P ← (P + ε)/(1 + bins ε), natural logarithm. Pairs i < j, streamed: no n × n matrix.
 * @param synthetic n₁ × d, n₁ ≥ 2
 * @param golden n₂ × d, n₂ ≥ 2
 * @returns ≥ 0, in nats; 0 for equal histograms
 * @throws ShapeError for a NaN or an all-zero row (named), different widths or fewer than 2 rows; SettingError for bins or epsilon
 */
export function cosineHistogramKl(synthetic: Matrix, golden: Matrix, options: CosineKlOptions = {}): number {
  const { epsilon = 1e-10 } = options;
  requireSets('cosineHistogramKl', synthetic, golden, 2);
  requireDirections('cosineHistogramKl', { synthetic, golden });
  requirePositive('cosineHistogramKl', 'epsilon', epsilon);
  return histogramKl(cosineHistogram(synthetic, options), cosineHistogram(golden, options), epsilon);
}

/**
 * Numbers of pairs of rows i < j that have their cosine in each of the equal bins on [−1, 1]; 1 falls in the last bin.
 * @param set n × d, n ≥ 2
 * @returns `bins` counts with sum n (n − 1) / 2
 */
export function cosineHistogram(set: Matrix, options: CosineHistogramOptions = {}): Float64Array {
  const steps = cosineHistogramSteps(set, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same as a generator: yields the share of the work done, so that a caller can show progress or stop. */
export function* cosineHistogramSteps(
  set: Matrix,
  options: CosineHistogramOptions = {},
): Generator<number, Float64Array> {
  const { bins = 100, precision = 'auto', threads = 1, products } = options;
  requireCount('cosineHistogram', 'bins', bins, 1);
  requireThreads('cosineHistogram', threads);
  if (!isExact(precision, set)) {
    // Squares of float32 numbers neither overflow nor vanish in float64; those of float64 numbers might.
    const scaled = set.data instanceof Float32Array ? set : unitRows(set);
    const counts =
      (products && (yield* countCosinesBy(products, scaled, bins))) ?? (yield* countCosinesFast(scaled, bins, threads));
    if (counts) return counts;
  }
  return yield* countCosines(unitRows(toFloat64(set)), bins);
}

/** All pairs by float64 products. */
function* countCosines(unit: Matrix<Float64Array>, bins: number): Generator<number, Float64Array> {
  const counts = new Float64Array(bins);
  const pairs = (unit.rows * (unit.rows - 1)) / 2;
  let seen = 0;
  for (const { fromA, fromB, products } of upperTilesOf(unit)) {
    const { data, rows, cols } = products;
    for (let i = 0; i < rows; i++) {
      const skip = fromA === fromB ? i + 1 : 0;
      for (let j = skip; j < cols; j++) {
        const bin = Math.floor(((data[i * cols + j] + 1) / 2) * bins);
        counts[bin < 0 ? 0 : bin < bins ? bin : bins - 1]++;
      }
      seen += Math.max(0, cols - skip);
    }
    yield seen / pairs;
  }
  return counts;
}

/** KL of the cosine histograms. */
export const cosineKl: Metric<'cosine-kl'> = defineMetric({
  name: 'cosine-kl',
  facts: {
    title: 'KL of cosine histograms',
    better: 'lower',
    range: [0, Infinity],
    needs: 'embeddings',
    of: 'two sets',
    functions: ['cosineHistogramKl'],
    formula: 'Σ P ln(P/Q) over histograms of within-set cosines',
    source: 'Mixture of Personas, Eq. 6',
    cost: '0.2 s a set; little',
  },
  compute: ({ embeddings, settings }) => {
    const both = embeddings('cosine-kl');
    const { bins, epsilon, precision, threads, products } = settings;
    const pairs = Math.min(...both.map(({ rows }) => (rows * (rows - 1)) / 2));
    return {
      value: cosineHistogramKl(...both, { bins, epsilon, precision, threads, products }),
      settings: { bins, from: -1, to: 1, epsilon, precision, pairs: 'i < j within each set' },
      warnings:
        pairs < 100 * bins ? [`Only ${pairs} pairs for ${bins} bins: empty bins, and so epsilon, decide much.`] : [],
      state: both,
    };
  },
  resample: (both, { settings }, value) =>
    normalBootstrap('rows of both sets, pairs of a row with itself left out', cosineResampler(value, both, settings)),
});
