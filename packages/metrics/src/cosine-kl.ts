import { unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { requireCount, requireCounts, requireDirections, requirePositive, requireSets } from './checks.js';
import { inPrecision, upperTilesOf, type Precision } from './tiles.js';

export interface CosineHistogramOptions {
  /** Equal bins on [−1, 1]. The paper does not give a number. @defaultValue 100 */
  readonly bins?: number;
  /** Precision of the cosines; see {@link Precision}. @defaultValue 'auto' */
  readonly precision?: Precision;
}

export interface CosineKlOptions extends CosineHistogramOptions {
  /** Added to every bin's share before normalising again, > 0: it decides the figure where supports differ. @defaultValue 1e-10 */
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
  requireDirections('cosineHistogramKl', 'synthetic', synthetic);
  requireDirections('cosineHistogramKl', 'golden', golden);
  requirePositive('cosineHistogramKl', 'epsilon', epsilon);
  return histogramKl(cosineHistogram(synthetic, options), cosineHistogram(golden, options), epsilon);
}

/**
 * How many pairs of rows i < j have their cosine in each of the equal bins on [−1, 1]; 1 falls in the last bin.
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
  const { bins = 100, precision = 'auto' } = options;
  requireCount('cosineHistogram', 'bins', bins, 1);
  const unit = unitRows(inPrecision(precision, set)[0]);
  const counts = new Float64Array(bins);
  const pairs = (unit.rows * (unit.rows - 1)) / 2;
  let seen = 0;
  for (const { fromA, fromB, products } of upperTilesOf(unit)) {
    seen += countCosines(products, fromA === fromB, counts);
    yield seen / pairs;
  }
  return counts;
}

/** Adds a tile's cosines to the counts; of a diagonal tile only what lies above the diagonal. Returns how many. */
function countCosines({ data, rows, cols }: Matrix, diagonal: boolean, counts: Float64Array): number {
  const bins = counts.length;
  const half = bins / 2;
  // Four tables: neighbours often share a bin, and one counter would wait for its own last write.
  const tables = new Int32Array(4 * bins);
  let seen = 0;
  for (let i = 0; i < rows; i++) {
    const from = i * cols + (diagonal ? i + 1 : 0);
    const to = (i + 1) * cols;
    for (let at = from; at < to; at++) {
      let bin = ((data[at] + 1) * half) | 0; // −1 − rounding truncates to 0 as well
      if (bin >= bins) bin = bins - 1;
      tables[(at & 3) * bins + bin]++;
    }
    seen += Math.max(0, to - from);
  }
  for (let i = 0; i < tables.length; i++) counts[i % bins] += tables[i];
  return seen;
}

/**
 * Σ P ln(P/Q) with P ← (P + ε)/(1 + bins ε), and Q alike, from counts.
 * @throws ShapeError when a histogram is empty or a count negative
 */
export function histogramKl(synthetic: ArrayLike<number>, golden: ArrayLike<number>, epsilon: number): number {
  requireCounts('histogramKl', 'synthetic', synthetic);
  requireCounts('histogramKl', 'golden', golden);
  const p = smoothed(synthetic, epsilon);
  const q = smoothed(golden, epsilon);
  let sum = 0;
  for (let b = 0; b < p.length; b++) sum += p[b] * Math.log(p[b] / q[b]);
  return Math.max(0, sum);
}

function smoothed(counts: ArrayLike<number>, epsilon: number): Float64Array {
  let total = 0;
  for (let b = 0; b < counts.length; b++) total += counts[b];
  return Float64Array.from(counts, (count) => (count / total + epsilon) / (1 + counts.length * epsilon));
}
