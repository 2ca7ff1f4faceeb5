import { takeRows, type Matrix } from '../matrix.js';

/** Rows packed at a time: a panel is then 4 KiB, and all panels of 768 columns fit the second-level cache. */
export const CHUNK = 128;

/** Consecutive rows that count, with the root of their weight. */
export interface Chunk {
  readonly data: Float32Array | Float64Array;
  readonly scales: Float64Array;
}

/** The rows of a set, `CHUNK` at a time; with weights, those of weight above 0, gathered. */
export function chunksOf({ data, rows, cols }: Matrix, weights?: ArrayLike<number>): Chunk[] {
  const chunks: Chunk[] = [];
  if (!weights) {
    for (let from = 0; from < rows; from += CHUNK) {
      const to = Math.min(rows, from + CHUNK);
      chunks.push({ data: data.subarray(from * cols, to * cols), scales: new Float64Array(to - from).fill(1) });
    }
    return chunks;
  }
  const drawn = Array.from({ length: rows }, (_, i) => i).filter((i) => weights[i] > 0);
  for (let from = 0; from < drawn.length; from += CHUNK) {
    const some = drawn.slice(from, from + CHUNK);
    const gathered = takeRows({ data, rows, cols }, some);
    chunks.push({ data: gathered.data, scales: Float64Array.from(some, (i) => Math.sqrt(weights[i])) });
  }
  return chunks;
}

/** Rows of a chunk that a rough mean looks at. */
const GLANCE = 8;

/** The mean of a few rows of each chunk: all of a small set's. */
export function roughMean(chunks: readonly Chunk[], cols: number): Float64Array {
  const mean = new Float64Array(cols);
  let seen = 0;
  for (const { data, scales } of chunks) {
    const step = chunks.length === 1 ? 1 : Math.ceil(scales.length / GLANCE);
    for (let r = 0; r < scales.length; r += step, seen++) {
      for (let j = 0; j < cols; j++) mean[j] += data[r * cols + j];
    }
  }
  return mean.map((sum) => sum / Math.max(1, seen));
}
