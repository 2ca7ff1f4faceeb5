import { multiplyByTranspose, rowOf, takeRows, toFloat64, type Matrix } from '@mixture-of-personas/numeric';

/** Numbers of v that are held at once, 32 MiB: up to this many, K × N are kept whole. */
export const HELD_LOGITS: number = 2 ** 22;

/** Consecutive rows of v: those of personas `from` … `from + v.rows − 1`. */
export interface LogitTile {
  readonly from: number;
  readonly v: Matrix<Float64Array>;
}

/** v = g·e, K × N, by entry, by row or by tile. Rows and tiles are not to be written to. */
export interface PersonaLogits {
  /** K. */
  readonly rows: number;
  /** N. */
  readonly cols: number;
  /** Rows that `prepare` keeps. */
  readonly capacity: number;
  at(k: number, j: number): number;
  /** v_k·, N long. */
  row(k: number): Float64Array;
  /** Makes the rows of several personas ready, which takes a tenth of the time of one by one. Those above `capacity` are left out. */
  prepare(personas: Iterable<number>): void;
  /** All rows, a tile after the other. */
  tiles(): Iterable<LogitTile>;
}

/** v that is there as a whole. */
export function wholeLogits(v: Matrix<Float64Array>): PersonaLogits {
  return {
    rows: v.rows,
    cols: v.cols,
    capacity: v.rows,
    at: (k, j) => v.data[k * v.cols + j],
    row: (k) => rowOf(v, k),
    prepare: () => undefined,
    tiles: () => [{ from: 0, v }],
  };
}

/**
 * v of projected personas and exemplars: whole where that is small; else (K 1,000 and N 20,000 would take 160 MB) computed a tile of personas at a time,
 * and rows when they are asked for. Both give the same bits, as an entry of a product depends on its own row and column alone (from N·hidden 20,000 on).
 * @param g K × hidden
 * @param e N × hidden
 * @param held numbers of v that may be held at once
 */
export function personaLogitsOf(g: Matrix, e: Matrix, held: number = HELD_LOGITS): PersonaLogits {
  return g.rows * e.rows <= held
    ? wholeLogits(toFloat64(multiplyByTranspose(g, e)))
    : tiledLogits(g, e, Math.max(1, Math.floor(held / e.rows)));
}

function tiledLogits(g: Matrix, e: Matrix, capacity: number): PersonaLogits {
  /** Rows computed before, the one asked for last at the end. */
  const held = new Map<number, Float64Array>();
  const row = (k: number): Float64Array => {
    if (!held.has(k)) prepare([k]);
    const found = held.get(k)!;
    held.delete(k);
    held.set(k, found);
    return found;
  };
  const prepare = (personas: Iterable<number>): void => {
    const wanted = new Set(personas);
    const missing = [...wanted].filter((k) => !held.has(k)).slice(0, capacity);
    if (missing.length === 0) return;
    const computed = toFloat64(multiplyByTranspose(takeRows(g, missing), e));
    for (const k of held.keys()) {
      if (held.size + missing.length <= capacity) break;
      if (!wanted.has(k) || wanted.size > capacity) held.delete(k);
    }
    // A copy each: a view would keep all the rows that were computed with it.
    missing.forEach((k, i) => held.set(k, rowOf(computed, i).slice()));
  };
  const tiles = function* (): Generator<LogitTile, void> {
    for (let from = 0; from < g.rows; from += capacity) {
      const rows = Math.min(capacity, g.rows - from);
      const some = { data: g.data.subarray(from * g.cols, (from + rows) * g.cols), rows, cols: g.cols };
      yield { from, v: toFloat64(multiplyByTranspose(some, e)) };
    }
  };
  return { rows: g.rows, cols: e.rows, capacity, at: (k, j) => row(k)[j], row, prepare, tiles };
}
