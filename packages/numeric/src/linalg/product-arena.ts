import type { Matrix } from '../matrix.js';
import { PRODUCTS_WASM } from '../bytes/products-bytes.js';
import { loadKernel, type Kernel } from '../kernels/wasm.js';

// The memory in which tiles of a product are computed: all that a product needs beside its arguments, whatever their size, 11 MiB.

type Places = [a: number, panels: number, c: number];
type Product = (...at: [...Places, m: number, k: number, n: number, add: boolean, packed: boolean]) => void;
type Pack = (from: number, to: number, ...sizes: [number, number]) => void;
type ProductKernel = Record<`product${32 | 64}`, Product> &
  Record<`pack${'Rows' | 'Columns' | 'Left'}${32 | 64}`, Pack>;

/** Entries of a matrix in either precision. */
export type Numbers = Float32Array | Float64Array;
/** From and to, the end left out; for shapes and inner sizes, two counts. */
export type Range = readonly [number, number];

/** A factor: its numbers, and whether the product reads it transposed. */
export interface Factor {
  readonly data: Numbers;
  readonly cols: number;
  readonly turned: boolean;
}

/** Rows of a tile of C; its columns and inner length are below. In float32 its panels take 1 MiB, half a second-level cache. */
export const TILE_M = 128;
/** Columns of a tile of C. */
export const TILE_N = 256;
/** Inner length of a tile. */
export const TILE_K = 1024;
const AT_A = 0;
const AT_PANELS = AT_A + TILE_M * TILE_K * 8;
const AT_STAGE = AT_PANELS + TILE_N * TILE_K * 8;
const AT_C = AT_STAGE + TILE_N * TILE_K * 8;
const ARENA = AT_C + TILE_M * TILE_N * 8;

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

/** Tiles in one precision: A (m × k), panels of B (k × n) and C = A·B. */
export class Arena {
  private readonly call: ProductKernel;
  private readonly buffer: ArrayBufferLike;
  private readonly size: 4 | 8;
  private packed = false;

  constructor({ call, buffer }: Kernel<ProductKernel>, size: 4 | 8) {
    this.call = call;
    this.buffer = buffer;
    this.size = size;
  }

  private view(at: number, length: number): Numbers {
    return this.size === 4 ? new Float32Array(this.buffer, at, length) : new Float64Array(this.buffer, at, length);
  }

  /** Rows i of A for columns p. */
  loadA(a: Factor, i: Range, p: Range): void {
    const [m, k] = [i[1] - i[0], p[1] - p[0]];
    this.packed = a.turned;
    if (!a.turned) return stage(a, this.view(AT_A, m * k), i, p);
    stage(a, this.view(AT_STAGE, m * k), p, i);
    this.call[this.size === 4 ? 'packLeft32' : 'packLeft64'](AT_STAGE, AT_A, k, m);
  }

  /** Panels of columns j of B for rows p. */
  loadB(b: Factor, p: Range, j: Range): void {
    const [k, n] = [p[1] - p[0], j[1] - j[0]];
    if (b.turned) {
      stage(b, this.view(AT_STAGE, n * k), j, p);
      const padded = roundUp(n, 32 / this.size);
      this.call[this.size === 4 ? 'packRows32' : 'packRows64'](AT_STAGE, AT_PANELS, padded, k);
      return;
    }
    stage(b, this.view(AT_STAGE, n * k), p, j);
    this.call[this.size === 4 ? 'packColumns32' : 'packColumns64'](AT_STAGE, AT_PANELS, k, n);
  }

  /** C = A·B for the tiles loaded, or C += A·B. */
  multiply(m: number, k: number, n: number, add: boolean): void {
    const [rows, cols] = [roundUp(m, 4), roundUp(n, 32 / this.size)];
    this.call[this.size === 4 ? 'product32' : 'product64'](AT_A, AT_PANELS, AT_C, rows, k, cols, add, this.packed);
  }

  /** The tile of C that belongs to `out` at (i, j): copied from there, to add to it. */
  loadC(out: Matrix, i: Range, j: Range): void {
    const width = roundUp(j[1] - j[0], 32 / this.size);
    const tile = this.view(AT_C, (i[1] - i[0]) * width);
    for (let r = i[0], at = 0; r < i[1]; r++, at += width) {
      tile.set(out.data.subarray(r * out.cols + j[0], r * out.cols + j[1]), at);
    }
  }

  /** The same tile copied to `out`. */
  saveC(out: Matrix, i: Range, j: Range): void {
    const [n, width] = [j[1] - j[0], roundUp(j[1] - j[0], 32 / this.size)];
    const tile = this.view(AT_C, (i[1] - i[0]) * width);
    for (let r = i[0], at = 0; r < i[1]; r++, at += width) {
      out.data.set(tile.subarray(at, at + n), r * out.cols + j[0]);
    }
  }
}

let loaded: Kernel<ProductKernel> | null | undefined;

/** The arena for numbers of 4 or 8 bytes, or undefined where WebAssembly is not to be had. Both share one memory. */
export function openArena(size: 4 | 8): Arena | undefined {
  if (loaded === undefined) loaded = loadKernel<ProductKernel>(PRODUCTS_WASM, ARENA);
  return loaded === null ? undefined : new Arena(loaded, size);
}
