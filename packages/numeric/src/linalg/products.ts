import type { Matrix } from '../matrix.js';
import { openArena, TILE_K, TILE_M, TILE_N, type Arena, type Factor } from './product-arena.js';

// C = A·B in all four ways of reading the factors, m × k times k × n: by tiles in WebAssembly, or by loops.

/** Below this many multiply–adds the copies into the arena cost more than they save. */
const SMALL = 20_000;

/** Whether C is X·Xᵀ, so that the part below the diagonal mirrors the part above. */
const isSymmetric = (a: Factor, b: Factor): boolean => a.data === b.data && a.cols === b.cols && a.turned !== b.turned;

function byTiles(arena: Arena, factors: readonly [Factor, Factor], out: Matrix, depth: number): void {
  const [a, b] = factors;
  const { rows, cols } = out;
  const symmetric = isSymmetric(a, b);
  for (let j = 0; j < cols; j += TILE_N) {
    const toJ = Math.min(cols, j + TILE_N);
    for (let p = 0; p < depth; p += TILE_K) {
      const toP = Math.min(depth, p + TILE_K);
      arena.loadB(b, [p, toP], [j, toJ]);
      for (let i = 0; i < (symmetric ? toJ : rows); i += TILE_M) {
        const toI = Math.min(rows, i + TILE_M);
        arena.loadA(a, [i, toI], [p, toP]);
        if (p > 0) arena.loadC(out, [i, toI], [j, toJ]);
        arena.multiply(toI - i, toP - p, toJ - j, p > 0);
        arena.saveC(out, [i, toI], [j, toJ]);
      }
    }
  }
  if (symmetric) mirror(out);
}

/** Copies what is above the diagonal below it, in blocks so that both sides stay in cache. */
function mirror({ data, rows: n }: Matrix): void {
  const block = 32;
  for (let i0 = 0; i0 < n; i0 += block) {
    for (let j0 = 0; j0 <= i0; j0 += block) {
      for (let i = i0; i < Math.min(n, i0 + block); i++) {
        for (let j = j0; j < Math.min(i, j0 + block); j++) data[i * n + j] = data[j * n + i];
      }
    }
  }
}

/** The same by plain loops, summed in float64; for small products and where there is no WebAssembly. */
function byLoops(a: Factor, b: Factor, out: Matrix, depth: number): void {
  const { rows, cols, data } = out;
  const [aRow, aStep] = a.turned ? [1, a.cols] : [a.cols, 1];
  const [bCol, bStep] = b.turned ? [b.cols, 1] : [1, b.cols];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      let sum = 0;
      for (let p = 0, s = i * aRow, t = j * bCol; p < depth; p++, s += aStep, t += bStep) sum += a.data[s] * b.data[t];
      data[i * cols + j] = sum;
    }
  }
}

/**
 * Writes A·B to `out`, whose precision decides.
 * @param depth the inner length k
 */
export function product(a: Factor, b: Factor, out: Matrix, depth: number): void {
  const small = depth === 0 || out.rows * out.cols * depth < SMALL;
  const arena = small ? undefined : openArena(out.data instanceof Float32Array ? 4 : 8);
  if (arena === undefined) byLoops(a, b, out, depth);
  else byTiles(arena, [a, b], out, depth);
}
