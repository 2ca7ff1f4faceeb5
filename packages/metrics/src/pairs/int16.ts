import type { Matrix } from '@mixture-of-personas/numeric';
import { type Kernel, loadKernel, slotsFor } from '@mixture-of-personas/numeric/internal';

import { INT16_WASM } from '../bytes/int16-bytes.js';
import { INT16_SHARED_WASM } from '../bytes/int16-shared-bytes.js';

/** The functions of kernels/int16.ts that are called from here; the others are called by name, on any thread. */
export interface Int16Kernel {
  quantize32(...places: QuantizePlaces): void;
  quantize64(...places: QuantizePlaces): void;
}
type QuantizePlaces = [stage: number, mean: number, panels: number, facts: number, count: number, width: number];

/** Rows per block: its panels are 400 KB at 768 columns, within the second-level cache. */
export const BLOCK = 256;
/** Rows rounded at a time. */
const STAGED = 64;
/** Float64 numbers that the kernel says of each row it rounds. */
const FACTS = 4;

/** A set's rows as 16-bit integers in the kernel's memory: row i is (x_i − mean) · factor_i, rounded, at most 46,000 long. */
export interface Int16Set {
  readonly set: Matrix;
  /** n numbers; 0 for a row of zeros. */
  readonly factors: Float64Array;
  /** |x_i − mean|². */
  readonly squares: Float64Array;
  /** Squared length of the rounded row. */
  readonly rounded: Float64Array;
  /** The largest length of what rounding took off, as a share of its row's length. */
  readonly worst: number;
  /** Address of the first row, and views of three float32 numbers per row: see kernels/int16.ts. Rows are padded to a multiple of 8. */
  readonly panels: number;
  readonly scales: Float32Array;
  readonly lowers: Float32Array;
  readonly thresholds: Float32Array;
}

/** Place in which a thread's call keeps its own things, in bytes. */
export interface Slot {
  /** The eight words that say which block, see `Block` of the kernel. */
  readonly block: number;
  readonly strip: number;
  /** Counts: four tables of so many as asked for. */
  readonly tables: number;
  /** Eight bytes for each pair of a block. */
  readonly notes: number;
}

/** One or two sets in the memory of a kernel, with room for the calls of several threads. */
export interface Int16Sets {
  readonly kernel: Kernel<Int16Kernel>;
  readonly threads: number;
  /** Columns, made even. */
  readonly width: number;
  readonly slots: readonly Slot[];
  readonly sets: readonly Int16Set[];
}

/** Options of {@link int16SetsOf}. */
export interface Int16Options {
  /** d numbers that are taken off every row first. */
  readonly mean?: ArrayLike<number>;
  readonly threads: number;
  /** Counters in each of a slot's four tables. */
  readonly counters?: number;
}

/**
 * Rounds sets to 16 bits.
 * @param sets one or two, of equal width
 * @returns null where WebAssembly SIMD, or so much memory, is not to be had
 */
export function int16SetsOf(
  sets: readonly Matrix[],
  { mean = [], threads, counters = 0 }: Int16Options,
): Int16Sets | null {
  const width = sets[0].cols + (sets[0].cols & 1);
  let at = 16;
  const take = (bytes: number): number => {
    const start = at;
    at += Math.ceil(bytes / 16) * 16;
    return start;
  };
  const slots = Array.from({ length: slotsFor(threads) }, () => ({
    block: take(32),
    strip: take(4 * BLOCK * 4),
    tables: take(4 * counters * 4),
    notes: take(8 * BLOCK * BLOCK),
  }));
  const places = sets.map(({ rows }) => {
    const padded = Math.ceil(rows / 8) * 8;
    return {
      panels: take(padded * width * 2),
      scales: take(padded * 4),
      lowers: take(padded * 4),
      thresholds: take(padded * 4),
    };
  });
  const quantizing = { stage: take(STAGED * width * 8), mean: take(width * 8), facts: take(STAGED * FACTS * 8), width };
  const kernel = (threads > 1 ? takeKernel(INT16_SHARED_WASM, at, true) : null) ?? takeKernel(INT16_WASM, at, false);
  if (!kernel) return null;
  new Float64Array(kernel.buffer, quantizing.mean, width).set(mean);
  return {
    kernel,
    threads,
    width,
    slots,
    sets: sets.map((set, k) => {
      const padded = Math.ceil(set.rows / 8) * 8;
      const view = (start: number): Float32Array => new Float32Array(kernel.buffer, start, padded);
      const { panels, scales, lowers, thresholds } = places[k];
      const facts = quantized(kernel, set, panels, quantizing);
      return { set, panels, ...facts, scales: view(scales), lowers: view(lowers), thresholds: view(thresholds) };
    }),
  };
}

/** Larger memories are left to be collected. */
const MOST_KEPT = 32 * 2 ** 20;
/** Kernels that nobody uses, by their code: otherwise every call's memory would stay until it is collected. */
const idle = new Map<string, Kernel<Int16Kernel>>();

function takeKernel(code: string, bytes: number, shared: boolean): Kernel<Int16Kernel> | null {
  const kernel = idle.get(code);
  if (!kernel || kernel.buffer.byteLength < bytes) return loadKernel<Int16Kernel>(code, bytes, shared);
  idle.delete(code);
  new Uint8Array(kernel.buffer, 0, bytes).fill(0);
  return kernel;
}

/** Says that sets and slots are no longer used, nor any view of them. */
export function releaseInt16({ kernel }: Int16Sets): void {
  if (kernel.buffer.byteLength > MOST_KEPT) return;
  idle.set(kernel.buffer[Symbol.toStringTag] === 'SharedArrayBuffer' ? INT16_SHARED_WASM : INT16_WASM, kernel);
}

/** Rounds a set's rows into panels, some at a time. */
function quantized(
  { call, buffer }: Kernel<Int16Kernel>,
  { data, rows, cols }: Matrix,
  panels: number,
  places: { readonly stage: number; readonly mean: number; readonly facts: number; readonly width: number },
): Pick<Int16Set, 'factors' | 'squares' | 'rounded' | 'worst'> {
  const { stage, mean, facts, width } = places;
  const [factors, squares, rounded] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  const single = data instanceof Float32Array;
  const length = STAGED * width;
  const view = single ? new Float32Array(buffer, stage, length) : new Float64Array(buffer, stage, length);
  view.fill(0);
  const said = new Float64Array(buffer, facts, STAGED * FACTS);
  let worst = 0;
  for (let from = 0; from < rows; from += STAGED) {
    const count = Math.min(STAGED, rows - from);
    if (width === cols) view.set(data.subarray(from * cols, (from + count) * cols));
    else for (let r = 0; r < count; r++) view.set(data.subarray((from + r) * cols, (from + r + 1) * cols), r * width);
    call[single ? 'quantize32' : 'quantize64'](stage, mean, panels + from * width * 2, facts, count, width);
    for (let r = 0; r < count; r++) {
      const [factor, square, lost, kept] = said.subarray(r * FACTS, (r + 1) * FACTS);
      factors[from + r] = factor;
      squares[from + r] = square;
      rounded[from + r] = kept;
      if (factor > 0) worst = Math.max(worst, Math.sqrt(lost / square) / factor);
    }
  }
  return { factors, squares, rounded, worst };
}
