import { ShapeError } from './errors.js';
import type { Matrix } from './matrix.js';
import { PRODUCTS_WASM } from './products-bytes.js';
import { loadKernel, type Kernel } from './wasm.js';

// C = A·B in all four ways of reading the factors, m × k times k × n, by tiles that fit the second-level cache. The arena below is
// all the memory a product needs beside its arguments, whatever their size: 11 MiB.

interface ProductKernel {
  product32(a: number, panels: number, c: number, m: number, k: number, n: number, add: boolean): void;
  product64(a: number, panels: number, c: number, m: number, k: number, n: number, add: boolean): void;
  packRows32(b: number, panels: number, n: number, k: number): void;
  packRows64(b: number, panels: number, n: number, k: number): void;
  packColumns32(b: number, panels: number, k: number, n: number): void;
  packColumns64(b: number, panels: number, k: number, n: number): void;
  turn32(a: number, out: number, k: number, m: number): void;
  turn64(a: number, out: number, k: number, m: number): void;
}

type Numbers = Float32Array | Float64Array;
/** From and to, the end left out; for shapes and inner sizes, two counts. */
type Range = readonly [number, number];

/** A factor: its numbers, and whether the product reads it transposed. */
interface Factor {
  readonly data: Numbers;
  readonly cols: number;
  readonly turned: boolean;
}

const TILE_M = 128;
const TILE_N = 256;
const TILE_K = 1024;
const AT_A = 0;
const AT_PANELS = AT_A + TILE_M * TILE_K * 8;
const AT_STAGE = AT_PANELS + TILE_N * TILE_K * 8;
const AT_C = AT_STAGE + TILE_N * TILE_K * 8;
const ARENA = AT_C + TILE_M * TILE_N * 8;

/** Below this many multiply–adds the copies into the arena cost more than they save. */
const SMALL = 20_000;

let loaded: Kernel<ProductKernel> | undefined | null = null;
const kernel = (): Kernel<ProductKernel> | undefined => {
  if (loaded === null) loaded = loadKernel<ProductKernel>(PRODUCTS_WASM, ARENA);
  return loaded;
};

const roundUp = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;

/** Copies a block of a factor's stored rows into the stage, `width` numbers apart. */
function stage(factor: Factor, view: Numbers, rows: Range, cols: Range): void {
  const width = cols[1] - cols[0];
  if (width === factor.cols) {
    view.set(factor.data.subarray(rows[0] * factor.cols, rows[1] * factor.cols));
    return;
  }
  for (let r = rows[0], at = 0; r < rows[1]; r++, at += width) {
    const start = r * factor.cols;
    view.set(factor.data.subarray(start + cols[0], start + cols[1]), at);
  }
}

/** The products of one precision: kernel functions and views of the arena. */
class Arena {
  private readonly call: ProductKernel;
  private readonly buffer: ArrayBuffer;
  private readonly size: 4 | 8;

  constructor({ call, memory }: Kernel<ProductKernel>, size: 4 | 8) {
    this.call = call;
    this.buffer = memory.buffer;
    this.size = size;
  }

  private view(at: number, length: number): Numbers {
    return this.size === 4 ? new Float32Array(this.buffer, at, length) : new Float64Array(this.buffer, at, length);
  }

  /** Rows i of A for columns p, as m × k. */
  loadA(a: Factor, i: Range, p: Range): void {
    const [m, k] = [i[1] - i[0], p[1] - p[0]];
    if (!a.turned) return stage(a, this.view(AT_A, m * k), i, p);
    stage(a, this.view(AT_STAGE, m * k), p, i);
    if (this.size === 4) this.call.turn32(AT_STAGE, AT_A, k, m);
    else this.call.turn64(AT_STAGE, AT_A, k, m);
  }

  /** Panels of columns j of B for rows p. */
  loadB(b: Factor, p: Range, j: Range): void {
    const [k, n] = [p[1] - p[0], j[1] - j[0]];
    const padded = roundUp(n, 32 / this.size);
    if (b.turned) {
      stage(b, this.view(AT_STAGE, n * k), j, p);
      if (this.size === 4) this.call.packRows32(AT_STAGE, AT_PANELS, padded, k);
      else this.call.packRows64(AT_STAGE, AT_PANELS, padded, k);
      return;
    }
    const view = this.view(AT_STAGE, padded * k);
    for (let r = 0; r < k; r++) {
      const start = (p[0] + r) * b.cols;
      view.set(b.data.subarray(start + j[0], start + j[1]), r * padded);
    }
    if (this.size === 4) this.call.packColumns32(AT_STAGE, AT_PANELS, k, padded);
    else this.call.packColumns64(AT_STAGE, AT_PANELS, k, padded);
  }

  multiply(m: number, k: number, n: number, add: boolean): void {
    const [rows, cols] = [roundUp(m, 4), roundUp(n, 32 / this.size)];
    if (this.size === 4) this.call.product32(AT_A, AT_PANELS, AT_C, rows, k, cols, add);
    else this.call.product64(AT_A, AT_PANELS, AT_C, rows, k, cols, add);
  }

  /** Copies the m × n tile of C into `out` at (i, j). */
  save(out: Matrix, i: Range, j: Range): void {
    const [m, n] = [i[1] - i[0], j[1] - j[0]];
    const width = roundUp(n, 32 / this.size);
    const tile = this.view(AT_C, m * width);
    for (let r = 0; r < m; r++) out.data.set(tile.subarray(r * width, r * width + n), (i[0] + r) * out.cols + j[0]);
  }
}

function byTiles(arena: Arena, factors: readonly [Factor, Factor], out: Matrix, depth: number): void {
  const [a, b] = factors;
  const { rows, cols } = out;
  for (let j = 0; j < cols; j += TILE_N) {
    const toJ = Math.min(cols, j + TILE_N);
    if (depth <= TILE_K) arena.loadB(b, [0, depth], [j, toJ]);
    for (let i = 0; i < rows; i += TILE_M) {
      const toI = Math.min(rows, i + TILE_M);
      for (let p = 0; p < depth; p += TILE_K) {
        const toP = Math.min(depth, p + TILE_K);
        if (depth > TILE_K) arena.loadB(b, [p, toP], [j, toJ]);
        arena.loadA(a, [i, toI], [p, toP]);
        arena.multiply(toI - i, toP - p, toJ - j, p > 0);
      }
      arena.save(out, [i, toI], [j, toJ]);
    }
  }
}

/** The same by plain loops, summed in float64; for small products and where there is no WebAssembly. */
function byLoops(a: Factor, b: Factor, out: Matrix, depth: number): void {
  const { rows, cols, data } = out;
  const [aRow, aStep] = a.turned ? [1, a.cols] : [a.cols, 1];
  const [bCol, bStep] = b.turned ? [b.cols, 1] : [1, b.cols];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      let sum = 0;
      for (let p = 0, s = i * aRow, t = j * bCol; p < depth; p++, s += aStep, t += bStep) sum += a.data[s] * b.data[t];
      data[i * cols + j] = sum;
    }
  }
}

function product(a: Factor, b: Factor, out: Matrix, depth: number): void {
  const wasm = out.rows * out.cols * depth < SMALL ? undefined : kernel();
  if (wasm === undefined || depth === 0) byLoops(a, b, out, depth);
  else byTiles(new Arena(wasm, out.data instanceof Float32Array ? 4 : 8), [a, b], out, depth);
}

/** Where the answer goes: the matrix given, if it fits, or a new one, float32 only when both factors are. */
function target(where: string, factors: readonly [Matrix, Matrix], shape: Range, out: Matrix | undefined): Matrix {
  const [rows, cols] = shape;
  if (out !== undefined) {
    if (out.rows !== rows || out.cols !== cols) {
      throw new ShapeError(
        where,
        `an out of ${rows} × ${cols}`,
        `${out.rows} × ${out.cols}`,
        'Make it fit or leave it out.',
      );
    }
    return out;
  }
  const single = factors.every(({ data }) => data instanceof Float32Array);
  return { data: single ? new Float32Array(rows * cols) : new Float64Array(rows * cols), rows, cols };
}

function requireInner(where: string, inner: Range, what: string): void {
  if (inner[0] !== inner[1]) {
    throw new ShapeError(
      where,
      `equal numbers of ${what}`,
      `${inner[0]} and ${inner[1]}`,
      'Check which factor is transposed.',
    );
  }
}

/** The precision of a product: float32 when both factors are, float64 otherwise. */
type Product<A extends Numbers, B extends Numbers> = Matrix<
  A extends Float32Array ? (B extends Float32Array ? Float32Array : Float64Array) : Float64Array
>;

/**
 * A·Bᵀ: entry (i, j) is row i of `a` times row j of `b`. Two float32 factors are multiplied in float32, any others in float64.
 * @param a m × d
 * @param b n × d
 * @param out m × n to write to; its precision then decides
 * @returns m × n
 * @throws ShapeError when the widths differ or `out` does not fit
 */
export function multiplyByTranspose<A extends Numbers, B extends Numbers>(
  a: Matrix<A>,
  b: Matrix<B>,
  out?: Matrix,
): Product<A, B> {
  requireInner('multiplyByTranspose', [a.cols, b.cols], 'columns');
  const c = target('multiplyByTranspose', [a, b], [a.rows, b.rows], out);
  product({ data: a.data, cols: a.cols, turned: false }, { data: b.data, cols: b.cols, turned: true }, c, a.cols);
  return c as Product<A, B>;
}

/**
 * A·B.
 * @param a m × k
 * @param b k × n
 * @param out m × n to write to; its precision then decides
 * @returns m × n, float32 only when both factors are
 * @throws ShapeError when the inner sizes differ or `out` does not fit
 */
export function multiply<A extends Numbers, B extends Numbers>(
  a: Matrix<A>,
  b: Matrix<B>,
  out?: Matrix,
): Product<A, B> {
  requireInner('multiply', [a.cols, b.rows], 'columns of a and rows of b');
  const c = target('multiply', [a, b], [a.rows, b.cols], out);
  product({ data: a.data, cols: a.cols, turned: false }, { data: b.data, cols: b.cols, turned: false }, c, a.cols);
  return c as Product<A, B>;
}

/**
 * Aᵀ·B.
 * @param a k × m
 * @param b k × n
 * @param out m × n to write to; its precision then decides
 * @returns m × n, float32 only when both factors are
 * @throws ShapeError when the numbers of rows differ or `out` does not fit
 */
export function multiplyTransposed<A extends Numbers, B extends Numbers>(
  a: Matrix<A>,
  b: Matrix<B>,
  out?: Matrix,
): Product<A, B> {
  requireInner('multiplyTransposed', [a.rows, b.rows], 'rows');
  const c = target('multiplyTransposed', [a, b], [a.cols, b.cols], out);
  product({ data: a.data, cols: a.cols, turned: true }, { data: b.data, cols: b.cols, turned: false }, c, a.rows);
  return c as Product<A, B>;
}
