import { requireThreads, ShapeError, toFloat64, type Matrix } from '@mixture-of-personas/numeric';

import { requirePositive, requireSets } from './checks.js';
import { cubicMmd } from './cubic-means.js';
import { medianSquaredDistance } from './median-distance.js';
import { inPrecision, isExact, tilesOf, upperTilesOf, type Precision, type Tile } from './tiles.js';

/** Settings of the distances made of pairs of rows. */
export interface KernelDistanceOptions {
  /** The V-statistic, which keeps i = j and is never negative, instead of the unbiased U-statistic. @defaultValue false */
  readonly biased?: boolean;
  /** Precision of the inner products; see {@link Precision}. @defaultValue 'auto' */
  readonly precision?: Precision;
}

/** Settings of {@link kid}. */
export interface KidOptions extends KernelDistanceOptions {
  /** Threads to use above 2,000 rows, where there are worker threads (Node); the figure is the same. @defaultValue 1 */
  readonly threads?: number;
}

/** Settings of {@link mmd}. */
export interface MmdOptions extends KernelDistanceOptions {
  /**
   * s in exp(−‖x − y‖² / s), > 0; `median` is the median squared distance over all pairs of the pooled rows (of 4,000 evenly spaced ones when
   * there are more). @defaultValue 'median'
   */
  readonly bandwidth?: number | 'median';
}

/** k(x, y) from x·y, ‖x‖² and ‖y‖². */
export type Kernel = (dot: number, squaredX: number, squaredY: number) => number;

/** (x·y / d + 1)³, the kernel of KID. */
export function cubicKernel(d: number): Kernel {
  return (dot) => {
    const base = dot / d + 1;
    return base * base * base;
  };
}

/** exp(−‖x − y‖² / s). */
export function gaussianKernel(s: number): Kernel {
  return (dot, squaredX, squaredY) => Math.exp(-Math.max(0, squaredX + squaredY - 2 * dot) / s);
}

/**
 * Kernel Inception Distance (Bińkowski et al. 2018): MMD² with k(x, y) = (x·y / d + 1)³ over whole sets.
 * @param synthetic n₁ × d, n₁ ≥ 2
 * @param golden n₂ × d, n₂ ≥ 2
 * @returns around 0 for equal distributions (below 0 by chance unless `biased`)
 * @throws ShapeError for different widths, fewer than 2 rows, or a NaN (row named)
 */
export function kid(synthetic: Matrix, golden: Matrix, options: KidOptions = {}): number {
  requireSets('kid', synthetic, golden, 2);
  const { biased = false, precision = 'auto', threads = 1 } = options;
  requireThreads('kid', threads);
  requireCubes('synthetic', synthetic);
  requireCubes('golden', golden);
  const fast = isExact(precision, synthetic, golden) ? null : cubicMmd(synthetic, golden, { biased, threads });
  const exactly = (): number =>
    squaredMmd(toFloat64(synthetic), toFloat64(golden), cubicKernel(golden.cols), { biased, precision: 'float64' });
  return fast ?? exactly();
}

/** Beyond this length cubes of |x|² would overflow; float32 numbers do not get there. */
const LONGEST = 1e45;

function requireCubes(name: string, set: Matrix): void {
  if (set.data instanceof Float32Array) return;
  const row = squaredNorms(set).findIndex((square) => square > LONGEST * LONGEST);
  if (row >= 0) {
    throw new ShapeError(
      'kid',
      `rows up to ${LONGEST} long in ${name}`,
      `a longer row ${row}`,
      'Scale the embeddings down.',
    );
  }
}

/**
 * Squared maximum mean discrepancy with a Gaussian kernel (Gretton et al. 2012): k(x, y) = exp(−‖x − y‖² / s).
 * @param synthetic n₁ × d, n₁ ≥ 2
 * @param golden n₂ × d, n₂ ≥ 2
 * @returns around 0 for equal distributions, at most 2
 * @throws ShapeError as {@link kid}; SettingError for a bandwidth of 0 or less
 */
export function mmd(synthetic: Matrix, golden: Matrix, options: MmdOptions = {}): number {
  requireSets('mmd', synthetic, golden, 2);
  const { bandwidth = 'median' } = options;
  if (bandwidth !== 'median') requirePositive('mmd', 'bandwidth', bandwidth);
  const s = bandwidth === 'median' ? medianSquaredDistance(synthetic, golden) : bandwidth;
  if (s === 0) return 0; // more than half of all pooled pairs coincide: no length to measure by
  return squaredMmd(synthetic, golden, gaussianKernel(s), options);
}

/** E k(x, x′) + E k(y, y′) − 2 E k(x, y). */
function squaredMmd(synthetic: Matrix, golden: Matrix, kernel: Kernel, options: KernelDistanceOptions): number {
  const { biased = false, precision = 'auto' } = options;
  const [x, y] = inPrecision(precision, synthetic, golden);
  return meanWithin(x, kernel, biased) + meanWithin(y, kernel, biased) - 2 * meanAcross(x, y, kernel);
}

/** Mean kernel value over pairs of one set: i ≠ j, or all with `diagonal`. */
export function meanWithin(x: Matrix, kernel: Kernel, diagonal: boolean): number {
  const squares = squaredNorms(x);
  let above = 0;
  for (const tile of upperTilesOf(x)) above += sumOfTile(tile, squares, squares, kernel, tile.fromA === tile.fromB);
  if (!diagonal) return (2 * above) / (x.rows * (x.rows - 1));
  let trace = 0;
  for (const square of squares) trace += kernel(square, square, square);
  return (2 * above + trace) / (x.rows * x.rows);
}

/** Mean kernel value over all pairs of a row of x and a row of y. */
export function meanAcross(x: Matrix, y: Matrix, kernel: Kernel): number {
  const squaresX = squaredNorms(x);
  const squaresY = squaredNorms(y);
  let sum = 0;
  for (const tile of tilesOf(x, y)) sum += sumOfTile(tile, squaresX, squaresY, kernel, false);
  return sum / (x.rows * y.rows);
}

function sumOfTile(
  { fromA, fromB, products: { data, rows, cols } }: Tile,
  ...[squaresA, squaresB, kernel, aboveDiagonal]: [Float64Array, Float64Array, Kernel, boolean]
): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const squareA = squaresA[fromA + i];
    let rowSum = 0;
    for (let j = aboveDiagonal ? i + 1 : 0; j < cols; j++) {
      rowSum += kernel(data[i * cols + j], squareA, squaresB[fromB + j]);
    }
    sum += rowSum;
  }
  return sum;
}

/** ‖row‖² of each row, in float64. */
export function squaredNorms({ data, rows, cols }: Matrix): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let at = i * cols; at < (i + 1) * cols; at++) sum += data[at] * data[at];
    out[i] = sum;
  }
  return out;
}
