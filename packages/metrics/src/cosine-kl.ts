import { unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { requireCount, requireCounts, requireDirections, requirePositive, requireSets } from './checks.js';
import { inPrecision, upperTilesOf, type Precision, type Tile } from './tiles.js';

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
  const counter = { bins, tables: new Float64Array(4 * bins), exactly: unit.data instanceof Float32Array ? exactCosines(set) : null };
  const pairs = (unit.rows * (unit.rows - 1)) / 2;
  let seen = 0;
  for (const tile of upperTilesOf(unit)) {
    seen += countCosines(tile, counter);
    yield seen / pairs;
  }
  return Float64Array.from({ length: bins }, (_, b) => [0, 1, 2, 3].reduce((sum, t) => sum + counter.tables[t * bins + b], 0));
}

interface Counter {
  readonly bins: number;
  /** Four tables of `bins`: neighbours often share a bin, and one counter would wait for its own last write. */
  readonly tables: Float64Array;
  /** Cosine of rows i and j in float64, where the products are float32. */
  readonly exactly: ((i: number, j: number) => number) | null;
}

/** Adds a tile's cosines to the counts; of a diagonal tile only what lies above the diagonal. Returns how many. */
function countCosines({ fromA, fromB, products: { data, rows, cols } }: Tile, counter: Counter): number {
  const { bins, tables, exactly } = counter;
  const half = bins / 2;
  // Where float32 rounding could decide the bin (1 pair in 1,000), the cosine is computed again: the counts are those of float64.
  const margin = exactly ? ROUNDING * half : -1;
  let seen = 0;
  for (let i = 0; i < rows; i++) {
    const skip = fromA === fromB ? i + 1 : 0;
    for (let j = skip; j < cols; j++) {
      const place = (data[i * cols + j] + 1) * half;
      let bin = place | 0; // −1 − rounding truncates to 0 as well
      const inBin = place - bin;
      if (inBin < margin || inBin > 1 - margin) bin = ((exactly!(fromA + i, fromB + j) + 1) * half) | 0;
      tables[(j & 3) * bins + (bin < bins ? bin : bins - 1)]++;
    }
    seen += Math.max(0, cols - skip);
  }
  return seen;
}

/** More than a float32 inner product of two unit rows of a few thousand columns is ever seen to be off. */
const ROUNDING = 8e-6;

/** Cosines of single pairs in float64. */
function exactCosines({ data, rows, cols }: Matrix): (i: number, j: number) => number {
  const dot = (i: number, j: number): number => {
    let sum = 0;
    for (let p = 0; p < cols; p++) sum += data[i * cols + p] * data[j * cols + p];
    return sum;
  };
  const norms = Float64Array.from({ length: rows }, (_, i) => Math.sqrt(dot(i, i)));
  return (i, j) => Math.max(-1, Math.min(1, dot(i, j) / norms[i] / norms[j]));
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
