import { unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { COSINES_WASM } from './cosines-bytes.js';
import { loadKernel, type Kernel } from './wasm.js';

interface CosineKernel {
  packPairs(rows: number, panels: number, count: number, d: number): void;
  countProducts(
    rows: number,
    panels: number,
    panelCount: number,
    d: number,
    ...rest: [scale: number, half: number, margin: number, tables: number, bins: number, doubts: number]
  ): number;
}

/** Rows a block: its panels are 400 KB at 768 columns, within the second-level cache. */
const BLOCK = 256;
/** S: unit rows times this are rounded to 16 bits. S² stays below 2³¹, so that no sum overflows. */
const LARGEST_SCALE = 46_000;
/** Standard deviations of the rounding that decide whether a pair is looked at again: of 10⁷ pairs, 0.001 is expected to slip through. */
const CERTAIN = 5;

/**
 * Histograms the cosines of all pairs i < j by 16-bit products, and recomputes in float64 those near a bin's edge: the counts are those of float64 at
 * twice the speed of float32. As a generator: yields the share of the pairs done.
 * @param given n × d, rows with a direction
 * @returns `bins` counts; null where the kernel cannot run, or bins are so narrow that most pairs would be near an edge
 */
export function* countCosinesFast(given: Matrix, bins: number): Generator<number, Float64Array | null> {
  // Squares of float32 numbers neither overflow nor vanish in float64; those of float64 numbers might.
  const set = given.data instanceof Float32Array ? given : unitRows(given);
  const width = set.cols + (set.cols & 1);
  const places = placesOf(width, bins);
  const rounded = roundedRows(set, width);
  const margin = (CERTAIN * Math.SQRT2 * bins) / (2 * Math.sqrt(12) * rounded.scale);
  const kernel = margin > 0.05 ? null : loadKernel<CosineKernel>(COSINES_WASM, places.end);
  if (!kernel) return null;
  const counter = new BlockCounter(kernel, set, rounded, bins, margin);
  const pairs = (set.rows * (set.rows - 1)) / 2;
  let done = 0;
  for (let j = 0; j < set.rows; j += BLOCK) {
    const columns = counter.loadColumns(j);
    for (let i = 0; i <= j; i += BLOCK) {
      const rows = counter.count(i, j);
      done += i === j ? (rows * (rows - 1)) / 2 : rows * columns;
      yield done / pairs;
    }
  }
  return counter.counts();
}

/** Rows as 16-bit integers, `width` apart. */
interface Rounded {
  readonly data: Int16Array;
  readonly width: number;
  readonly scale: number;
  /** Length of each row before. */
  readonly norms: Float64Array;
}

function roundedRows({ data, rows, cols }: Matrix, width: number): Rounded {
  let largest = 0;
  const norms = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const norm = Math.sqrt(dotOf(data, i * cols, i * cols, cols));
    norms[i] = norm;
    let most = 0;
    for (let at = i * cols; at < (i + 1) * cols; at++) most = Math.max(most, Math.abs(data[at]));
    largest = Math.max(largest, most / norm);
  }
  const scale = Math.min(LARGEST_SCALE, 32_767 / largest);
  const out = new Int16Array(rows * width);
  for (let i = 0; i < rows; i++) {
    const factor = scale / norms[i];
    // Truncation after a shift to positive numbers is rounding, at a fraction of Math.round's time.
    for (let j = 0; j < cols; j++) out[i * width + j] = ((data[i * cols + j] * factor + 32_768.5) | 0) - 32_768;
  }
  return { data: out, width, scale, norms };
}

function placesOf(
  width: number,
  bins: number,
): Record<'rows' | 'stage' | 'panels' | 'tables' | 'doubts' | 'end', number> {
  const block = BLOCK * width * 2;
  const tables = 16 + 3 * block;
  const doubts = tables + 4 * (bins + 2) * 4;
  return { rows: 16, stage: 16 + block, panels: 16 + 2 * block, tables, doubts, end: doubts + 4 * BLOCK * 4 };
}

/** Counts one block of pairs at a time. Tables have a slot before the first bin and one behind the last, for products a rounding outside [−1, 1]. */
class BlockCounter {
  private readonly kernel: Kernel<CosineKernel>;
  private readonly set: Matrix;
  private readonly rounded: Rounded;
  private readonly bins: number;
  private readonly margin: number;
  private readonly totals: Float64Array;
  private columns = 0;

  constructor(kernel: Kernel<CosineKernel>, set: Matrix, rounded: Rounded, ...[bins, margin]: [number, number]) {
    this.kernel = kernel;
    this.set = set;
    this.rounded = rounded;
    this.bins = bins;
    this.margin = margin;
    this.totals = new Float64Array(bins);
  }

  private place(at: number, from: number, multiple: number): number {
    const { data, width } = this.rounded;
    const rows = Math.min(BLOCK, this.set.rows - from);
    const padded = Math.ceil(rows / multiple) * multiple;
    const view = new Int16Array(this.kernel.buffer, at, padded * width);
    view.set(data.subarray(from * width, (from + rows) * width));
    view.fill(0, rows * width);
    return rows;
  }

  /** Takes the block of rows from `from` as columns. */
  loadColumns(from: number): number {
    const { stage, panels } = placesOf(this.rounded.width, this.bins);
    this.columns = this.place(stage, from, 8);
    this.kernel.call.packPairs(stage, panels, Math.ceil(this.columns / 8) * 8, this.rounded.width);
    return this.columns;
  }

  /** Counts the block of rows from `i` against the columns loaded, which start at `j`; of a block against itself, each pair once. */
  count(i: number, j: number): number {
    const { width, scale } = this.rounded;
    const { rows: at, panels, tables, doubts } = placesOf(width, this.bins);
    const rows = this.place(at, i, 4);
    const panelCount = Math.ceil(this.columns / 8);
    const slots = this.bins + 2;
    const table = new Int32Array(this.kernel.buffer, tables, 4 * slots).fill(0);
    const noted = new Int32Array(this.kernel.buffer, doubts, 4 * BLOCK);
    const settings = [this.bins / 2 / scale / scale, this.bins / 2 + 1, 0.5 - this.margin] as const;
    for (let r = 0; r < rows; r += 4) {
      const from = at + r * width * 2;
      const found = this.kernel.call.countProducts(from, panels, panelCount, width, ...settings, tables, slots, doubts);
      for (let k = 0; k < found; k++)
        this.recount(i, j, [r + Math.floor(noted[k] / (8 * panelCount)), noted[k] % (8 * panelCount)]);
    }
    const padding = Math.ceil(rows / 4) * 4 * panelCount * 8 - rows * this.columns;
    this.addTable(table, slots, i === j ? 2 : 1, padding);
    return rows;
  }

  /** Decides a doubtful pair in float64. */
  private recount(i: number, j: number, [r, c]: [number, number]): void {
    const { data, rows, cols } = this.set;
    if (i + r >= rows || c >= this.columns || (i === j && r >= c)) return;
    const { norms } = this.rounded;
    const cosine = dotOf(data, (i + r) * cols, (j + c) * cols, cols) / norms[i + r] / norms[j + c];
    const bin = Math.floor(((Math.max(-1, Math.min(1, cosine)) + 1) / 2) * this.bins);
    this.totals[Math.min(this.bins - 1, bin)]++;
  }

  private addTable(table: Int32Array, slots: number, times: number, padding: number): void {
    const half = this.bins / 2 + 1;
    // Rows of zeros behind the last have product 0, which is counted unless it falls on an edge.
    if (Math.abs(half - Math.floor(half) - 0.5) <= 0.5 - this.margin) table[Math.floor(half)] -= padding;
    for (let slot = 0; slot < slots; slot++) {
      let sum = 0;
      for (let t = 0; t < 4; t++) sum += table[t * slots + slot];
      this.totals[Math.min(this.bins - 1, Math.max(0, slot - 1))] += sum / times;
    }
  }

  /**
   * The counts. A row's product with itself is off by √2 more than others, and a few are not noted as doubtful: they sit in the last bin, half each.
   */
  counts(): Float64Array {
    const pairs = (this.set.rows * (this.set.rows - 1)) / 2;
    this.totals[this.bins - 1] -= this.totals.reduce((a, b) => a + b, 0) - pairs;
    return this.totals;
  }
}

/** The inner product of two rows, by where they start, in float64 and four sums. */
function dotOf(data: Float32Array | Float64Array, a: number, b: number, cols: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let p = 0;
  for (; p + 4 <= cols; p += 4) {
    s0 += data[a + p] * data[b + p];
    s1 += data[a + p + 1] * data[b + p + 1];
    s2 += data[a + p + 2] * data[b + p + 2];
    s3 += data[a + p + 3] * data[b + p + 3];
  }
  for (; p < cols; p++) s0 += data[a + p] * data[b + p];
  return s0 + s1 + (s2 + s3);
}
