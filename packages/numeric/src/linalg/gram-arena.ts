import { borrowKernel, type Kernel } from '../kernels/wasm.js';
import { zeros, type Matrix } from '../matrix.js';

import { GRAM_WASM } from '../bytes/gram-bytes.js';
import { GRAM_FMA_WASM } from '../bytes/gram-fma-bytes.js';
import { GRAM_SINGLE_WASM } from '../bytes/gram-single-bytes.js';
import { GRAM_SINGLE_FMA_WASM } from '../bytes/gram-single-fma-bytes.js';
import { CHUNK, type Chunk } from './row-chunks.js';

/** Precision of the products and of short sums of them; sums of many are float64 in both. */
export type ProductPrecision = 'float64' | 'float32';

type Places = Record<'stage' | 'mean' | 'sums' | 'squares' | 'scales' | 'panels' | 's' | 'end', number>;
type Sizes = [rows: number, d: number, capacity: number];
/** Packs rows: stage, mean, scales, sums, squares where the kernel adds them up, and panels; then sizes. */
type Pack = (...placesAndSizes: [number, number, number, number, number, ...rest: number[]]) => void;

interface Adding {
  readonly addGram: (panels: number, s: number, ...sizes: Sizes) => void;
}
type DoubleKernel = Adding & Record<'pack32' | 'pack64', Pack>;
type SingleKernel = Adding & Record<'packRows', Pack>;

/** XᵀX of rows about a mean in the kernels' memory: staged rows, mean, sums, scales, panels and S, columns padded with zeros to a multiple of eight. */
export class GramArena {
  /** Columns with the padding. */
  readonly width: number;
  private readonly cols: number;
  private readonly buffer: ArrayBufferLike;
  private readonly places: Places;
  private readonly addGram: Adding['addGram'];
  private readonly pack: (rows: number) => void;
  private readonly stagesSingle: boolean;
  private readonly single: boolean;

  private constructor(set: Matrix, places: Places, kernel: Kernel<Adding>, pack: (rows: number) => void) {
    this.cols = set.cols;
    this.width = widthOf(set);
    this.stagesSingle = set.data instanceof Float32Array;
    this.places = places;
    this.buffer = kernel.buffer;
    this.addGram = kernel.call.addGram;
    this.pack = pack;
    this.single = places.squares > 0;
  }

  /**
   * Memory for one set, cleared; null where WebAssembly SIMD is missing. Fused multiply–add is used where there is one (Node ≥ 22).
   * @param precision 'float32' needs float32 rows
   */
  static open(set: Matrix, precision: ProductPrecision): GramArena | null {
    const places = placesOf(set, precision);
    const { stage, mean, scales, sums, squares, panels, end } = places;
    const borrow = <Exports extends Adding>(...codes: readonly [fused: string, plain: string]) =>
      borrowKernel<Exports>(codes[0], end) ?? borrowKernel<Exports>(codes[1], end);
    if (precision === 'float32') {
      const kernel = borrow<SingleKernel>(GRAM_SINGLE_FMA_WASM, GRAM_SINGLE_WASM);
      if (!kernel) return null;
      return new GramArena(set, places, kernel, (rows) =>
        kernel.call.packRows(stage, mean, scales, sums, squares, panels, rows, widthOf(set), CHUNK),
      );
    }
    const kernel = borrow<DoubleKernel>(GRAM_FMA_WASM, GRAM_WASM);
    if (!kernel) return null;
    const pack = kernel.call[set.data instanceof Float32Array ? 'pack32' : 'pack64'];
    return new GramArena(set, places, kernel, (rows) =>
      pack(stage, mean, scales, sums, panels, rows, widthOf(set), CHUNK),
    );
  }

  private numbers(at: number, length: number): Float64Array {
    return new Float64Array(this.buffer, at, length);
  }

  private stage({ data, scales }: Chunk): number {
    const rows = scales.length;
    const { stage, scales: scalesAt } = this.places;
    const length = rows * this.width;
    const view = this.stagesSingle
      ? new Float32Array(this.buffer, stage, length)
      : new Float64Array(this.buffer, stage, length);
    if (this.width === this.cols) view.set(data);
    else for (let r = 0; r < rows; r++) view.set(data.subarray(r * this.cols, (r + 1) * this.cols), r * this.width);
    this.numbers(scalesAt, rows).set(scales);
    return rows;
  }

  /**
   * Σ w (x − mean)(x − mean)ᵀ.
   * @param mean `width` numbers; zeros where none is given
   * @returns d × d, symmetric, and Σ w (x − mean): `width` numbers
   */
  gram(chunks: readonly Chunk[], mean?: Float64Array): { scatter: Matrix<Float64Array>; sums: Float64Array } {
    const at = this.places;
    if (mean) this.numbers(at.mean, this.width).set(mean);
    this.numbers(at.sums, this.width).fill(0);
    this.numbers(at.s, this.width * this.width).fill(0);
    if (this.single) this.numbers(at.squares, this.width).fill(0);
    for (const chunk of chunks) {
      const rows = this.stage(chunk);
      this.pack(rows);
      this.addGram(at.panels, at.s, rows, this.width, CHUNK);
    }
    return { scatter: this.mirrored(), sums: this.numbers(at.sums, this.width).slice() };
  }

  /** The leading d × d of S, of which the upper triangle is known, as a full symmetric matrix. */
  private mirrored(): Matrix<Float64Array> {
    const d = this.cols;
    const upper = this.numbers(this.places.s, this.width * this.width);
    const out = zeros(d, d);
    for (let i = 0; i < d; i++) {
      for (let j = i; j < d; j++) out.data[i * d + j] = out.data[j * d + i] = upper[i * this.width + j];
    }
    // Where products were rounded to float32, what was squared and summed in float64 is the better diagonal.
    if (this.single) this.numbers(this.places.squares, d).forEach((square, j) => (out.data[j * d + j] = square));
    return out;
  }
}

const widthOf = ({ cols }: Matrix): number => Math.ceil(cols / 8) * 8;

function placesOf(set: Matrix, precision: ProductPrecision): Places {
  const width = widthOf(set);
  const single = precision === 'float32';
  const mean = 16 + CHUNK * width * set.data.BYTES_PER_ELEMENT;
  const sums = mean + width * 8;
  const scales = sums + width * 8;
  const squares = single ? scales + CHUNK * 8 : 0;
  const panels = scales + CHUNK * 8 + (single ? width * 8 : 0);
  const s = panels + CHUNK * width * (single ? 4 : 8);
  return { stage: 16, mean, sums, squares, scales, panels, s, end: s + width * width * 8 };
}
