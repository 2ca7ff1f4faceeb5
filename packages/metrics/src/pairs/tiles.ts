import { centered, multiplyByTranspose, toFloat32, toFloat64, type Matrix } from '@mixture-of-personas/numeric';

/** One block of a product A Bᵀ: entry (r, c) belongs to row `fromA + r` of A and row `fromB + c` of B. */
export interface Tile {
  readonly fromA: number;
  readonly fromB: number;
  readonly products: Matrix;
}

/** Rows per block: 512² numbers are 1 MB in float32, small enough for the second-level cache. */
const BLOCK = 512;

/**
 * A Bᵀ block by block, so that memory stays bounded at any number of rows. A tile's numbers are overwritten by the next one of its shape.
 * @param a m × d
 * @param b n × d, of a's precision (float32 goes by SIMD in float32, float64 in float64)
 */
export function tilesOf(a: Matrix, b: Matrix): Generator<Tile> {
  return blocksOf(a, b, () => 0);
}

/** The blocks of A Aᵀ on and above the diagonal: each unordered pair of rows once (a diagonal block holds each twice). */
export function upperTilesOf(a: Matrix): Generator<Tile> {
  return blocksOf(a, a, (i) => i);
}

function* blocksOf(a: Matrix, b: Matrix, firstOf: (i: number) => number): Generator<Tile> {
  let held: Matrix | undefined; // used again for the next product of the same shape
  for (let i = 0; i < a.rows; i += BLOCK) {
    for (let j = firstOf(i); j < b.rows; j += BLOCK) {
      const [x, y] = [rowsOf(a, i, BLOCK), rowsOf(b, j, BLOCK)];
      const fits = held?.rows === x.rows && held.cols === y.rows;
      held = fits && held ? multiplyByTranspose(x, y, held) : multiplyByTranspose(x, y);
      yield { fromA: i, fromB: j, products: held };
    }
  }
}

/** Up to `count` rows from row `from` on, as a view. */
export function rowsOf(matrix: Matrix, from: number, count: number): Matrix {
  const to = Math.min(matrix.rows, from + count);
  return { data: matrix.data.subarray(from * matrix.cols, to * matrix.cols), rows: to - from, cols: matrix.cols };
}

/** The precision of pairwise products: `auto` is float64 up to 2,000 rows per side and float32 (SIMD) above. */
export type Precision = 'float64' | 'float32' | 'auto';

/** Both sets in the precision asked for. */
export function inPrecision(precision: Precision, ...sets: readonly Matrix[]): Matrix[] {
  const exact = isExact(precision, ...sets);
  return sets.map((set) => (exact ? toFloat64(set) : toFloat32(set)));
}

/** Whether a precision means float64 for sets of this size. */
export function isExact(precision: Precision, ...sets: readonly Matrix[]): boolean {
  return precision === 'float64' || (precision === 'auto' && Math.max(...sets.map(({ rows }) => rows)) <= 2000);
}

/** Both sets less golden's mean: distances stay, and far from the origin fewer digits cancel in ‖x‖² + ‖y‖² − 2 x·y. */
export function aroundGolden(synthetic: Matrix, golden: Matrix): [Matrix<Float64Array>, Matrix<Float64Array>] {
  const { mean, rows } = centered(golden);
  const moved = Float64Array.from(synthetic.data);
  for (let at = 0; at < moved.length; at++) moved[at] -= mean[at % mean.length];
  return [{ data: moved, rows: synthetic.rows, cols: synthetic.cols }, rows];
}
