import type { Matrix } from '@mixture-of-personas/numeric';
import { meanRow } from '@mixture-of-personas/numeric/internal';

import { insert } from './k-smallest.js';
import type { RowPairs, Thresholds, Visitor } from './tile-pairs.js';
import { overBlocks, type BlockWork } from './int16-blocks.js';
import { releaseInt16, int16SetsOf, type Int16Sets, type Int16Set } from './int16.js';

/** Amount that float32 adds to the error of a bound, as a share of |x|² + |y|²: a few roundings of 6e-8. */
const SINGLE_ROUNDINGS = 1e-6;
/** Taken off every bound, as a share of the largest |x|², so that none is spoiled by numbers too small for float32. */
const LEAST = 1e-30;

/**
 * Pairs of rows by 16-bit products, which give each squared distance a lower bound; only pairs whose bound is within threshold are computed, from the rows
 * themselves in float64. With x = |x| u and û the rounded direction, |u·v − û·v̂| ≤ ε_u + ε_v + ε_u ε_v, ε the lengths of what rounding took off.
 * @returns null where the kernel cannot run
 */
export function int16Pairs(a: Matrix, b: Matrix, threads: number): RowPairs | null {
  const int16 = int16SetsOf([a, b], { mean: meanRow(b), threads });
  if (!int16) return null;
  const largest = Math.max(...int16.sets.map(({ squares }) => squares.reduce((most, each) => Math.max(most, each), 0)));
  const unit = largest || 1;
  const worst = Math.max(...int16.sets.map((set) => set.worst));
  const slack = 2 * worst + worst * worst + SINGLE_ROUNDINGS;
  for (const { factors, squares, scales, lowers } of int16.sets) {
    lowers.fill(Infinity); // padding is never near
    factors.forEach((factor, i) => {
      scales[i] = factor > 0 ? Math.sqrt(2 / unit) / factor : 0;
      lowers[i] = (squares[i] / unit) * (1 - slack) - LEAST;
    });
  }
  return {
    visit([first, second], thresholds, told, kept) {
      const sets = [int16.sets[first], int16.sets[second]] as const;
      const search = new Search(int16, sets, { thresholds, told, kept, unit, slack });
      const steps = overBlocks(int16, sets, search);
      while (!steps.next().done);
      search.tell();
    },
    close: () => releaseInt16(int16),
  };
}

interface SearchSettings {
  readonly thresholds: readonly [Thresholds, Thresholds];
  readonly told: Visitor;
  readonly kept: number | undefined;
  /** Squared length that float32 numbers in the kernel's memory are multiples of. */
  readonly unit: number;
  /** Amount by which a bound may be below the distance: this times |x|² + |y|², twice. */
  readonly slack: number;
}

/** Candidates held at most before they are told of. */
const MOST_HELD = 1_000_000;

/** One visit of all pairs. Where the nearest are kept, thresholds first shrink by upper bounds alone, so that few pairs need be computed in the end. */
class Search implements BlockWork {
  private readonly buffer: ArrayBufferLike;
  private readonly sets: readonly [Int16Set, Int16Set];
  private readonly settings: SearchSettings;
  /** Knowledge of the thresholds so far: no threshold will end up above. */
  private readonly known: readonly [Thresholds, Thresholds];
  /** The smallest upper bounds of each row, as many as are kept. */
  private readonly uppers: readonly [Float64Array, Float64Array];
  /** Pairs to be told of, row, row and lower bound. */
  private held: number[] = [];

  constructor({ kernel }: Int16Sets, sets: readonly [Int16Set, Int16Set], settings: SearchSettings) {
    this.buffer = kernel.buffer;
    this.sets = sets;
    this.settings = settings;
    const { thresholds, kept = 0 } = settings;
    const same = sets[0] === sets[1];
    const first = thresholds[0].slice();
    this.known = [first, same ? first : thresholds[1].slice()];
    const uppers = new Float64Array(first.length * kept).fill(Infinity);
    this.uppers = [uppers, same ? uppers : new Float64Array(thresholds[1].length * kept).fill(Infinity)];
    for (const side of [0, 1] as const) this.known[side].forEach((threshold, i) => this.place(side, i, threshold));
  }

  /** Lets the kernel know a threshold. Nothing is below 0, so that copies, whose bounds are, need not be noted then. */
  private place(side: 0 | 1, i: number, threshold: number): void {
    this.known[side][i] = threshold;
    this.sets[side].thresholds[i] = threshold > 0 ? threshold / this.settings.unit : -Infinity;
  }

  readonly call: BlockWork['call'] = ({ fromA, fromB }, { notes }) => {
    const [a, b] = this.sets;
    const at = (view: Float32Array, from: number): number => view.byteOffset + from * 4;
    const lowers = [at(a.lowers, fromA), at(b.lowers, fromB)];
    return ['nearBlock', ...lowers, at(a.thresholds, fromA), at(b.thresholds, fromB), notes];
  };

  readonly done: BlockWork['done'] = ({ fromA, fromB, line, diagonal }, { notes }, noted) => {
    const positions = new Int32Array(this.buffer, notes, 2 * noted);
    const bounds = new Float32Array(this.buffer, notes, 2 * noted);
    const { kept, told, unit } = this.settings;
    for (let at = 0; at < 2 * noted; at += 2) {
      const c = positions[at] % line;
      const r = (positions[at] - c) / line;
      if (diagonal && r >= c) continue;
      const [i, j, low] = [fromA + r, fromB + c, bounds[at + 1] * unit];
      if (kept !== undefined) this.hold(i, j, low, kept);
      else told(i, j, this.comparable(i, j, low));
    }
    if (this.held.length > MOST_HELD) this.tell();
  };

  private upperOf(i: number, j: number, low: number): number {
    const { slack, unit } = this.settings;
    const [a, b] = this.sets;
    return low + 2 * slack * (a.squares[i] + b.squares[j]) + 2 * LEAST * unit;
  }

  private hold(i: number, j: number, low: number, kept: number): void {
    const [knownA, knownB] = this.known;
    if (low >= knownA[i] && low >= knownB[j]) return; // lowered since the kernel looked
    const high = this.upperOf(i, j, low);
    if (high < knownA[i]) this.place(0, i, insert(this.uppers[0], i * kept, kept, high));
    if (high < knownB[j]) this.place(1, j, insert(this.uppers[1], j * kept, kept, high));
    this.held.push(i, j, low);
  }

  /** The distance, or where both comparisons are certain anything between its bounds. */
  private comparable(i: number, j: number, low: number): number {
    const { thresholds } = this.settings;
    const high = this.upperOf(i, j, low);
    const certain = (threshold: number): boolean => high < threshold || low >= threshold;
    if (certain(thresholds[0][i]) && certain(thresholds[1][j])) return (low + high) / 2;
    return squaredDistance(this.sets[0].set, i, this.sets[1].set, j);
  }

  /** Tells of the pairs held that still matter. */
  tell(): void {
    const { held, known, sets } = this;
    for (let at = 0; at < held.length; at += 3) {
      const [i, j, low] = [held[at], held[at + 1], held[at + 2]];
      if (low < known[0][i] || low < known[1][j])
        this.settings.told(i, j, squaredDistance(sets[0].set, i, sets[1].set, j));
    }
    this.held = [];
  }
}

/** ‖x_i − y_j‖² in float64, exactly 0 for copies. */
function squaredDistance({ data: x, cols }: Matrix, i: number, { data: y }: Matrix, j: number): number {
  let s0 = 0;
  let s1 = 0;
  let a = i * cols;
  let b = j * cols;
  for (const end = a + cols - 1; a < end; a += 2, b += 2) {
    const e0 = x[a] - y[b];
    const e1 = x[a + 1] - y[b + 1];
    s0 += e0 * e0;
    s1 += e1 * e1;
  }
  if (cols % 2 === 1) s0 += (x[a] - y[b]) ** 2;
  return s0 + s1;
}
