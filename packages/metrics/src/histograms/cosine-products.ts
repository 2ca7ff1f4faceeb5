import type { Matrix } from '@mixture-of-personas/numeric';
import { type Kernel, loadKernel } from '@mixture-of-personas/numeric/internal';

import { BINS_WASM } from '../bytes/bins-bytes.js';
import { binOf, exactCosine } from './exact-cosine.js';
import type { OpenRowProducts, RowProducts } from '../pairs/row-products.js';

/** Exports of kernels/bins.ts. */
interface BinsKernel {
  countNumbers(
    numbers: number,
    count: number,
    half: number,
    shift: number,
    ...sureTablesBinsAndNotes: number[]
  ): number;
}

/** Rows of a block of products. */
const BLOCK = 256;
/** Products are taken to be off by up to so many times √d · 2⁻²⁴, the rounding of d sums in float32 where it is random. */
const CERTAIN = 8;
/** Rounding of a place among at most a thousand bins. */
const PLACE = 2 ** -13;
/** More of a bin than this, on either side of its edges, is not worth looking at again. */
const WIDEST_MARGIN = 0.05;
/** Products of each block that are compared with float64. */
const PROBES = 16;

/**
 * Histograms the cosines of all pairs i < j by products that something else computes, and recomputes in float64 those near a bin's edge. As a generator:
 * yields the share of the pairs done.
 * @param given n × d, rows with a direction
 * @returns `bins` counts; null where WebAssembly SIMD is missing, bins are too narrow, or the products are not good to float32 (some GPUs multiply in
 *   fewer bits unless told otherwise)
 */
export function* countCosinesBy(
  products: RowProducts,
  given: Matrix,
  bins: number,
): Generator<number, Float64Array | null> {
  const margin = (bins / 2) * CERTAIN * Math.sqrt(given.cols) * 2 ** -24 + PLACE;
  if (bins > 1000 || margin > WIDEST_MARGIN) return null;
  const kernel = loadKernel<BinsKernel>(BINS_WASM, placesOf(given.rows, bins).end);
  if (!kernel) return null;
  const { unit, squares } = unitRowsOf(given);
  const tally = tallyOf(kernel, given, squares, [bins, margin]);
  const open = products(unit);
  try {
    for (let from = 0; from < unit.rows; from += BLOCK) {
      if (!tally.add(open, from, Math.min(unit.rows, from + BLOCK))) return null;
      yield 1 - ((unit.rows - from - BLOCK) / unit.rows) ** 2;
    }
  } finally {
    open.close();
  }
  return tally.counts();
}

/** Adds up blocks of products in the kernel's tables, which have a counter before the first bin and one behind the last. */
function tallyOf(
  { call, buffer }: Kernel<BinsKernel>,
  given: Matrix,
  squares: Float64Array,
  [bins, margin]: [number, number],
) {
  const again = new Float64Array(bins);
  const places = placesOf(given.rows, bins);
  const recount = (i: number, j: number): void => {
    again[binOf(exactCosine(given, squares, i, j), bins)]++;
  };
  const isGood = (numbers: Float32Array, from: number, line: number): boolean => {
    const step = Math.max(1, Math.floor(numbers.length / PROBES));
    for (let at = 0; at < numbers.length; at += step) {
      const [i, j] = [from + Math.floor(at / line), from + (at % line)];
      if (!(Math.abs(numbers[at] - exactCosine(given, squares, i, j)) <= (2 / bins) * margin)) return false;
    }
    return true;
  };
  /** Pairs of row i with those behind it. */
  const addRow = (numbers: Float32Array, i: number): void => {
    const { numbers: at, tables, notes } = places;
    const whole = numbers.length & ~3;
    new Float32Array(buffer, at, numbers.length).set(numbers);
    const noted = call.countNumbers(at, whole, bins / 2, bins / 2 + 0.5, 0.5 - margin, tables, bins + 2, notes);
    for (const place of new Int32Array(buffer, notes, noted)) recount(i, i + 1 + place);
    for (let place = whole; place < numbers.length; place++) recount(i, i + 1 + place);
  };
  return {
    /** Counts the pairs of rows from … to − 1 with later ones; false where the products are not what they should be. */
    add(open: OpenRowProducts, from: number, to: number): boolean {
      const numbers = open.block(from, to);
      const line = given.rows - from;
      if (numbers.length !== (to - from) * line || !isGood(numbers, from, line)) return false;
      for (let r = 0; r < to - from; r++) addRow(numbers.subarray(r * line + r + 1, (r + 1) * line), from + r);
      return true;
    },
    counts(): Float64Array {
      const counts = again.slice();
      const tables = new Int32Array(buffer, places.tables, 4 * (bins + 2));
      tables.forEach((count, at) => (counts[Math.min(bins - 1, Math.max(0, (at % (bins + 2)) - 1))] += count));
      return counts;
    },
  };
}

function placesOf(rows: number, bins: number): Record<'numbers' | 'tables' | 'notes' | 'end', number> {
  const tables = 16 + Math.ceil(rows / 4) * 16;
  const notes = tables + 16 * (bins + 2);
  return { numbers: 16, tables, notes, end: notes + rows * 4 };
}

/** Rows of unit length in float32, and the squared lengths of the rows as given. */
function unitRowsOf({ data, rows, cols }: Matrix): { unit: Matrix<Float32Array>; squares: Float64Array } {
  const unit = new Float32Array(rows * cols);
  const squares = new Float64Array(rows);
  for (let i = 0, at = 0; i < rows; i++, at += cols) {
    for (let j = 0; j < cols; j++) squares[i] += data[at + j] * data[at + j];
    const scale = 1 / Math.sqrt(squares[i]);
    for (let j = 0; j < cols; j++) unit[at + j] = data[at + j] * scale;
  }
  return { unit: { data: unit, rows, cols }, squares };
}
