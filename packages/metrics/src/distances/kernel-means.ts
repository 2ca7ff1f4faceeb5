import { multiplyByTranspose, randomFor, toFloat64, type Matrix } from '@mixture-of-personas/numeric';
import { squaredNorms, stacked } from '@mixture-of-personas/numeric/internal';

import { someRows } from '../metric/bootstrap.js';
import type { Resampling } from '../metric/define-metric.js';
import { relabelingInterval, type PooledRows } from '../metric/intervals.js';
import type { Both } from '../metric/ready-sets.js';
import { aroundGolden, inPrecision, tilesOf, upperTilesOf, type Precision, type Tile } from '../pairs/tiles.js';

/** Settings of the distances made of pairs of rows. */
export interface KernelDistanceOptions {
  /** The V-statistic, which keeps i = j and is never negative, instead of the unbiased U-statistic. @defaultValue false */
  readonly biased?: boolean;
  /** Precision of the inner products; see {@link Precision}. @defaultValue 'auto' */
  readonly precision?: Precision;
}

/** k(x, y) from x·y, ‖x‖² and ‖y‖². */
export type Kernel = (dot: number, squaredX: number, squaredY: number) => number;

/** E k(x, x′) + E k(y, y′) − 2 E k(x, y). */
export function squaredMmd(synthetic: Matrix, golden: Matrix, kernel: Kernel, options: KernelDistanceOptions): number {
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

/** The interval of the unbiased squared MMD, from at most 1,000 rows of each set. */
export function kernelInterval(both: Both<Matrix>, kernel: Kernel, seed: number): Resampling | undefined {
  const some = both.map((set, side) => someRows(set, randomFor(seed, 'interval-rows', side)));
  const [m, n] = some.map(({ rows }) => rows);
  let values: Float64Array | undefined;
  const metric = (rows: PooledRows): number => mmdOfParts((values ??= pooledKernel(some[0], some[1], kernel)), rows);
  const shrink = (1 / both[0].rows + 1 / both[1].rows) / (1 / m + 1 / n);
  return relabelingInterval({ sizes: [m, n], seed, shrink, without: metric, relabeled: metric });
}

/** Kernel values of all pairs of the pooled rows; 0 for a row with itself. */
function pooledKernel(synthetic: Matrix, golden: Matrix, kernel: Kernel): Float64Array {
  // A kernel of the inner product alone does not allow for another origin.
  const [x, y] = kernel.length === 1 ? [toFloat64(synthetic), toFloat64(golden)] : aroundGolden(synthetic, golden);
  const pool = toFloat64(stacked(x, y));
  const { rows } = pool;
  const squares = squaredNorms(pool);
  const values = multiplyByTranspose(pool, pool).data;
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++, at++) values[at] = i === j ? 0 : kernel(values[at], squares[i], squares[j]);
  }
  return values;
}

/** The unbiased squared MMD of two parts of the pool. */
function mmdOfParts(values: Float64Array, [x, y]: PooledRows): number {
  const size = Math.sqrt(values.length);
  const [isX, isY] = [new Float64Array(size), new Float64Array(size)];
  for (const i of x) isX[i] = 1;
  for (const i of y) isY[i] = 1;
  let [withinX, withinY, across] = [0, 0, 0];
  for (let i = 0, at = 0; i < size; i++) {
    let [toX, toY] = [0, 0];
    for (let j = 0; j < size; j++, at++) {
      toX += isX[j] * values[at];
      toY += isY[j] * values[at];
    }
    withinX += isX[i] * toX;
    withinY += isY[i] * toY;
    across += isX[i] * toY;
  }
  const [m, n] = [x.length, y.length];
  return withinX / (m * (m - 1)) + withinY / (n * (n - 1)) - (2 * across) / (m * n);
}
