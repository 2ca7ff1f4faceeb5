import { K_MEANS_WASM } from './k-means-bytes.js';
import { rowOf, type Matrix } from './matrix.js';
import { multiplyByTranspose } from './multiply.js';
import { loadKernel, type Kernel } from './wasm.js';

// The assignment step of k-means: labels[i] = argmin_c |x_i − c|². The bounds in WebAssembly memory carry over from step to step.

/** Assigns points to centres, remembering what the last step learned. */
export interface Assigner {
  /** Nearest centre of each point. */
  readonly labels: Int32Array;
  /** Squared distance to it. */
  readonly nearest: Float32Array;
  /** First step of a start; returns the number of points. */
  begin(centres: Matrix<Float64Array>): number;
  /** Next step, centres having moved since; returns how many labels changed. */
  step(centres: Matrix<Float64Array>): number;
}

interface AssignKernel {
  boundsFromProducts(
    products: number,
    lower: number,
    labels: number,
    pointNorms: number,
    centreNorms: number,
    n: number,
    k: number,
    slack: number,
  ): void;
  assign(
    points: number,
    centres: number,
    lower: number,
    moved: number,
    labels: number,
    nearest: number,
    n: number,
    k: number,
    d: number,
  ): number;
}

/** Bounds beyond this are not kept: points are then done in blocks, each step from scratch. */
const MOST_BOUNDS = 256 * 2 ** 20;
const BLOCK = 256;
/** Relative error allowed to an inner product of float32 rows when a bound is drawn from it. */
const SLACK = 1e-5;

const up4 = (n: number): number => Math.ceil(n / 4) * 4;

/** Kernel-backed where WebAssembly is there, plain loops elsewhere. */
export function openAssigner(points: Matrix<Float32Array>, k: number): Assigner {
  const layout = layoutOf(points, k);
  const kernel = loadKernel<AssignKernel>(K_MEANS_WASM, layout.bytes);
  return kernel === undefined ? plainAssigner(points) : new KernelAssigner(points, k, layout, kernel);
}

/** Byte offsets in the kernel's memory. */
interface Layout {
  readonly width: number;
  readonly paddedK: number;
  readonly boundRows: number;
  readonly points: number;
  readonly centres: number;
  readonly moved: number;
  readonly norms: number;
  readonly centreNorms: number;
  readonly products: number;
  readonly labels: number;
  readonly nearest: number;
  readonly lower: number;
  readonly bytes: number;
}

function layoutOf(points: Matrix, k: number): Layout {
  const [width, paddedK] = [up4(points.cols), up4(k)];
  const boundRows = points.rows * paddedK * 4 <= MOST_BOUNDS ? points.rows : BLOCK;
  let at = 16; // address 0 is left alone
  const take = (numbers: number): number => {
    const start = at;
    at += up4(numbers) * 4;
    return start;
  };
  return {
    width,
    paddedK,
    boundRows,
    points: take(points.rows * width),
    centres: take(paddedK * width),
    moved: take(paddedK),
    norms: take(points.rows),
    centreNorms: take(paddedK),
    products: take(BLOCK * paddedK),
    labels: take(points.rows),
    nearest: take(points.rows),
    lower: take(boundRows * paddedK),
    bytes: at,
  };
}

class KernelAssigner implements Assigner {
  readonly labels: Int32Array;
  readonly nearest: Float32Array;
  private readonly points: Matrix<Float32Array>;
  private readonly k: number;
  private readonly at: Layout;
  private readonly call: AssignKernel;
  private readonly centres: Matrix<Float32Array>;
  private readonly moved: Float32Array;
  private readonly centreNorms: Float32Array;
  private readonly products: Matrix<Float32Array>;
  private readonly buffer: ArrayBuffer;

  constructor(points: Matrix<Float32Array>, k: number, at: Layout, { call, memory }: Kernel<AssignKernel>) {
    this.points = points;
    this.k = k;
    this.at = at;
    this.call = call;
    this.buffer = memory.buffer;
    this.labels = new Int32Array(memory.buffer, at.labels, points.rows);
    this.nearest = this.floats(at.nearest, points.rows);
    this.moved = this.floats(at.moved, at.paddedK);
    this.centreNorms = this.floats(at.centreNorms, at.paddedK);
    this.centres = { data: this.floats(at.centres, at.paddedK * at.width), rows: at.paddedK, cols: at.width };
    this.products = { data: this.floats(at.products, BLOCK * at.paddedK), rows: BLOCK, cols: at.paddedK };
    const norms = this.floats(at.norms, points.rows);
    for (let i = 0; i < points.rows; i++) {
      const row = rowOf(points, i);
      this.floats(at.points + i * at.width * 4, points.cols).set(row);
      norms[i] = squaredNorm(row);
    }
  }

  private floats(at: number, length: number): Float32Array {
    return new Float32Array(this.buffer, at, length);
  }

  /** Takes over the centres and, unless it is a new start, notes how far each has moved, rounded up. */
  private place(centres: Matrix<Float64Array>, fresh: boolean): void {
    const previous = new Float32Array(centres.cols);
    this.moved.fill(0);
    this.centreNorms.fill(Infinity);
    for (let c = 0; c < this.k; c++) {
      const row = rowOf(this.centres, c).subarray(0, centres.cols);
      previous.set(row);
      row.set(rowOf(centres, c));
      let moved = 0;
      for (let p = 0; p < row.length; p++) moved += (row[p] - previous[p]) ** 2;
      if (!fresh) this.moved[c] = Math.sqrt(moved) * 1.000001;
      this.centreNorms[c] = squaredNorm(row);
    }
  }

  /** Bounds, first guesses and exact labels of `count` points from point `from`, whose bounds lie in row `boundRow`. */
  private fromScratch(from: number, count: number, boundRow: number): number {
    const { at, points } = this;
    const block = { data: this.floats(at.points + from * at.width * 4, count * at.width), rows: count, cols: at.width };
    const out = { data: this.products.data.subarray(0, count * at.paddedK), rows: count, cols: at.paddedK };
    multiplyByTranspose(block, this.centres, out);
    const lower = at.lower + boundRow * at.paddedK * 4;
    const labels = at.labels + from * 4;
    const before = points.rows > this.at.boundRows ? this.labels.slice(from, from + count) : undefined;
    this.call.boundsFromProducts(
      at.products,
      lower,
      labels,
      at.norms + from * 4,
      at.centreNorms,
      count,
      at.paddedK,
      SLACK,
    );
    const moved = this.moved.slice();
    this.moved.fill(0);
    this.call.assign(
      at.points + from * at.width * 4,
      at.centres,
      lower,
      at.moved,
      labels,
      at.nearest + from * 4,
      count,
      at.paddedK,
      at.width,
    );
    this.moved.set(moved);
    let changed = count;
    if (before !== undefined) for (let i = 0; i < count; i++) if (before[i] === this.labels[from + i]) changed--;
    return changed;
  }

  private allFromScratch(): number {
    const keep = this.at.boundRows === this.points.rows;
    let changed = 0;
    for (let from = 0; from < this.points.rows; from += BLOCK) {
      changed += this.fromScratch(from, Math.min(BLOCK, this.points.rows - from), keep ? from : 0);
    }
    return changed;
  }

  begin(centres: Matrix<Float64Array>): number {
    this.place(centres, true);
    this.allFromScratch();
    return this.points.rows;
  }

  step(centres: Matrix<Float64Array>): number {
    this.place(centres, false);
    const { at, points } = this;
    if (at.boundRows < points.rows) return this.allFromScratch();
    return this.call.assign(
      at.points,
      at.centres,
      at.lower,
      at.moved,
      at.labels,
      at.nearest,
      points.rows,
      at.paddedK,
      at.width,
    );
  }
}

function squaredNorm(row: Float32Array): number {
  let sum = 0;
  for (const value of row) sum += value * value;
  return sum;
}

function plainAssigner(points: Matrix<Float32Array>): Assigner {
  const labels = new Int32Array(points.rows);
  const nearest = new Float32Array(points.rows);
  const step = (centres: Matrix<Float64Array>): number => {
    let changed = 0;
    for (let i = 0; i < points.rows; i++) {
      const x = rowOf(points, i);
      let [label, least] = [0, Infinity];
      for (let c = 0; c < centres.rows; c++) {
        const centre = rowOf(centres, c);
        let sum = 0;
        for (let p = 0; p < x.length; p++) sum += Math.fround(x[p] - Math.fround(centre[p])) ** 2;
        if (sum < least) [label, least] = [c, sum];
      }
      if (labels[i] !== label) changed++;
      labels[i] = label;
      nearest[i] = least;
    }
    return changed;
  };
  return {
    labels,
    nearest,
    step,
    begin(centres) {
      step(centres);
      return points.rows;
    },
  };
}
