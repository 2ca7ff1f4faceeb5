import { ShapeError } from '../errors.js';
import { alike, type Matrix } from '../matrix.js';
import type { Numbers } from './product-arena.js';
import { product } from './products.js';

// The three products. Shapes are checked here; products.ts does the work.

/** The precision of a product: float32 when both factors are, float64 otherwise. */
export type Product<A extends Numbers, B extends Numbers> = Matrix<
  A extends Float32Array ? (B extends Float32Array ? Float32Array : Float64Array) : Float64Array
>;

const overlap = (x: Numbers, y: Numbers): boolean =>
  x.buffer === y.buffer && x.byteOffset < y.byteOffset + y.byteLength && y.byteOffset < x.byteOffset + x.byteLength;

/** Target of the answer: the matrix given, if it fits, or a new one. */
function target(
  where: string,
  factors: readonly [Matrix, Matrix],
  shape: readonly [number, number],
  out?: Matrix,
): Matrix {
  const [rows, cols] = shape;
  if (out === undefined) {
    const { data } = factors.find((factor) => factor.data instanceof Float64Array) ?? factors[0];
    return { data: alike(data, rows * cols), rows, cols };
  }
  if (out.rows !== rows || out.cols !== cols) {
    const advice = 'Make it fit or leave it out.';
    throw new ShapeError(where, `an out of ${rows} × ${cols}`, `${out.rows} × ${out.cols}`, advice);
  }
  if (factors.some(({ data }) => overlap(data, out.data))) {
    throw new ShapeError(where, 'an out of its own', 'the memory of a factor', 'Give another matrix or leave it out.');
  }
  return out;
}

function requireInner(where: string, inner: readonly [number, number], what: string): void {
  if (inner[0] === inner[1]) return;
  const advice = 'Check which factor is transposed.';
  throw new ShapeError(where, `equal numbers of ${what}`, `${inner[0]} and ${inner[1]}`, advice);
}

/**
 * A·Bᵀ: entry (i, j) is row i of `a` times row j of `b`. Two float32 factors are multiplied in float32, any others in float64. With
 * the same matrix twice only half is computed and the answer is symmetric to the last bit.
 * @param a m × d
 * @param b n × d
 * @returns m × n
 * @throws ShapeError when the widths differ
 */
export function multiplyByTranspose<A extends Numbers, B extends Numbers>(a: Matrix<A>, b: Matrix<B>): Product<A, B>;
/**
 * The same, written to a matrix that is there already; its precision then decides.
 * @param out m × n, sharing no memory with the factors
 * @throws ShapeError also when `out` does not fit or overlaps a factor
 */
export function multiplyByTranspose<Out extends Matrix>(a: Matrix, b: Matrix, out: Out): Out;
/** Both of the above. */
export function multiplyByTranspose(a: Matrix, b: Matrix, out?: Matrix): Matrix {
  requireInner('multiplyByTranspose', [a.cols, b.cols], 'columns');
  const c = target('multiplyByTranspose', [a, b], [a.rows, b.rows], out);
  product({ data: a.data, cols: a.cols, turned: false }, { data: b.data, cols: b.cols, turned: true }, c, a.cols);
  return c;
}

/**
 * A·B.
 * @param a m × k
 * @param b k × n
 * @returns m × n, float32 only when both factors are
 * @throws ShapeError when the inner sizes differ
 */
export function multiply<A extends Numbers, B extends Numbers>(a: Matrix<A>, b: Matrix<B>): Product<A, B>;
/** The same, written to `out` as by `multiplyByTranspose`. */
export function multiply<Out extends Matrix>(a: Matrix, b: Matrix, out: Out): Out;
/** Both of the above. */
export function multiply(a: Matrix, b: Matrix, out?: Matrix): Matrix {
  requireInner('multiply', [a.cols, b.rows], 'columns of a and rows of b');
  const c = target('multiply', [a, b], [a.rows, b.cols], out);
  product({ data: a.data, cols: a.cols, turned: false }, { data: b.data, cols: b.cols, turned: false }, c, a.cols);
  return c;
}

/**
 * Aᵀ·B. With the same matrix twice (Σ of centered rows, say) only half is computed and the answer is symmetric to the last bit.
 * @param a k × m
 * @param b k × n
 * @returns m × n, float32 only when both factors are
 * @throws ShapeError when the numbers of rows differ
 */
export function multiplyTransposed<A extends Numbers, B extends Numbers>(a: Matrix<A>, b: Matrix<B>): Product<A, B>;
/** The same, written to `out` as by `multiplyByTranspose`. */
export function multiplyTransposed<Out extends Matrix>(a: Matrix, b: Matrix, out: Out): Out;
/** Both of the above. */
export function multiplyTransposed(a: Matrix, b: Matrix, out?: Matrix): Matrix {
  requireInner('multiplyTransposed', [a.rows, b.rows], 'rows');
  const c = target('multiplyTransposed', [a, b], [a.cols, b.cols], out);
  product({ data: a.data, cols: a.cols, turned: true }, { data: b.data, cols: b.cols, turned: false }, c, a.rows);
  return c;
}
