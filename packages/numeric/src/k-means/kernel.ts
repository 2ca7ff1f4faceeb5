import type { Assigner } from './assigner.js';
import { BLOCK, type Layout } from './layout.js';
import { dot, rowOf, type Matrix } from '../matrix.js';
import { multiplyByTranspose } from '../linalg/multiply.js';
import type { Kernel } from '../kernels/wasm.js';

/** Exports of kernels/k-means.ts; numbers are byte offsets unless they are counts. */
export interface AssignKernel {
  boundsFromProducts(...offsetsCountsAndSlack: readonly number[]): void;
  assign(...offsetsAndCounts: readonly number[]): number;
  approach(points: number, center: number, nearest: number, n: number, d: number): void;
}

/** Relative error allowed to an inner product of float32 rows when a bound is drawn from it. */
const SLACK = 1e-5;
/** A float32 number and its neighbor differ by at most this share of it. */
const STEP = 1.2e-7;

/** Assigns in WebAssembly, with a lower bound for the distance of every point to every center kept from step to step. */
export class KernelAssigner implements Assigner {
  readonly labels: Int32Array;
  readonly nearest: Float32Array;
  private readonly points: Matrix<Float32Array>;
  private readonly k: number;
  private readonly at: Layout;
  private readonly call: AssignKernel;
  private readonly centers: Matrix<Float32Array>;
  private readonly moved: Float32Array;
  private readonly centerNorms: Float32Array;
  private readonly buffer: ArrayBufferLike;
  private readonly largestNorm: number;

  constructor(points: Matrix<Float32Array>, k: number, at: Layout, { call, buffer }: Kernel<AssignKernel>) {
    this.points = points;
    this.k = k;
    this.at = at;
    this.call = call;
    this.buffer = buffer;
    this.labels = new Int32Array(buffer, at.labels, points.rows);
    this.nearest = this.floats(at.nearest, points.rows);
    this.moved = this.floats(at.moved, at.paddedK);
    this.centerNorms = this.floats(at.centerNorms, at.paddedK);
    this.centers = { data: this.floats(at.centers, at.paddedK * at.width), rows: at.paddedK, cols: at.width };
    const norms = this.floats(at.norms, points.rows);
    let largest = 0;
    for (let i = 0; i < points.rows; i++) {
      const row = rowOf(points, i);
      this.floats(at.points + i * at.width * 4, points.cols).set(row);
      norms[i] = dot(row, row);
      largest = Math.max(largest, norms[i]);
    }
    this.largestNorm = largest;
  }

  private floats(at: number, length: number): Float32Array {
    return new Float32Array(this.buffer, at, length);
  }

  /** Takes over the centers; returns how far each went. */
  private place(centers: Matrix<Float64Array>): Float64Array {
    const previous = new Float32Array(centers.cols);
    const went = new Float64Array(this.k);
    this.centerNorms.fill(Infinity); // padding never wins
    for (let c = 0; c < this.k; c++) {
      const row = rowOf(this.centers, c).subarray(0, centers.cols);
      previous.set(row);
      row.set(rowOf(centers, c));
      let sum = 0;
      for (let p = 0; p < row.length; p++) sum += (row[p] - previous[p]) ** 2;
      went[c] = Math.sqrt(sum);
      this.centerNorms[c] = dot(row, row);
    }
    return went;
  }

  private assign(from: number, count: number, lower: number): number {
    const { points, width, centers, moved, labels, nearest, paddedK } = this.at;
    const own = [labels + from * 4, nearest + from * 4];
    return this.call.assign(points + from * width * 4, centers, lower, moved, ...own, count, paddedK, width);
  }

  /** Labels of `count` points from point `from` on, by a matrix product; their bounds go to bound row `boundRow`. */
  private fromScratch(from: number, count: number, boundRow: number): void {
    const { at } = this;
    const block = { data: this.floats(at.points + from * at.width * 4, count * at.width), rows: count, cols: at.width };
    const out = { data: this.floats(at.products, count * at.paddedK), rows: count, cols: at.paddedK };
    multiplyByTranspose(block, this.centers, out);
    const lower = at.lower + boundRow * at.paddedK * 4;
    const [labels, norms] = [at.labels + from * 4, at.norms + from * 4];
    this.call.boundsFromProducts(at.products, lower, labels, norms, at.centerNorms, count, at.paddedK, SLACK);
    this.assign(from, count, lower);
  }

  begin(centers: Matrix<Float64Array>): void {
    this.place(centers);
    this.moved.fill(0);
    const keep = this.at.boundRows === this.points.rows;
    for (let from = 0; from < this.points.rows; from += BLOCK) {
      this.fromScratch(from, Math.min(BLOCK, this.points.rows - from), keep ? from : 0);
    }
  }

  step(centers: Matrix<Float64Array>): number {
    if (this.at.boundRows < this.points.rows) {
      const before = this.labels.slice();
      this.begin(centers);
      return before.reduce((changed, label, i) => changed + (label === this.labels[i] ? 0 : 1), 0);
    }
    const went = this.place(centers);
    // Rounded up, and by the rounding of the subtraction too: no bound exceeds twice the largest norm.
    const rounding = 2 * STEP * Math.sqrt(this.largestNorm);
    this.moved.set(went.map((distance) => (distance === 0 ? 0 : distance * (1 + 8 * STEP) + rounding)));
    return this.assign(0, this.points.rows, this.at.lower);
  }

  approach(i: number): void {
    const { at } = this;
    this.call.approach(at.points, at.points + i * at.width * 4, at.nearest, this.points.rows, at.width);
  }
}
