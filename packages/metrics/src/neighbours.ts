import type { Matrix } from '@mixture-of-personas/numeric';

import { squaredNorms } from './kernel-distance.js';
import { tilesOf, upperTilesOf, type Tile } from './tiles.js';

// Squared distances come as ‖a‖² + ‖b‖² − 2 a·b, whose rounding is a few ulp of ‖a‖² + ‖b‖². Anything below that is a copy: exactly 0.
const noiseOf = (set: Matrix): number => (set.data instanceof Float32Array ? 1e-6 : 1e-14);

/** Calls `visit` with every squared distance of a tile; row and column count from the start of the sets. */
function visitTile(
  { fromA, fromB, products: { data, rows, cols } }: Tile,
  squares: readonly [Float64Array, Float64Array],
  noise: number,
  visit: (squared: number, i: number, j: number) => void,
): void {
  const [squaresA, squaresB] = squares;
  for (let i = 0; i < rows; i++) {
    const squareA = squaresA[fromA + i];
    for (let j = 0; j < cols; j++) {
      const both = squareA + squaresB[fromB + j];
      const squared = both - 2 * data[i * cols + j];
      visit(squared <= noise * both ? 0 : squared, fromA + i, fromB + j);
    }
  }
}

/**
 * Squared distance of each row to its k-th nearest other row of the same set. Streamed: memory n × k.
 * @param set n × d, n > k
 * @returns n numbers
 */
export function kthNeighbourWithin(set: Matrix, k: number): Float64Array {
  const squares = squaredNorms(set);
  const nearest = new Float64Array(set.rows * k).fill(Infinity);
  for (const tile of upperTilesOf(set)) {
    const diagonal = tile.fromA === tile.fromB;
    visitTile(tile, [squares, squares], noiseOf(set), (squared, i, j) => {
      if (diagonal && j <= i) return;
      if (squared < nearest[i * k + k - 1]) insert(nearest, i * k, k, squared);
      if (squared < nearest[j * k + k - 1]) insert(nearest, j * k, k, squared);
    });
  }
  return Float64Array.from({ length: set.rows }, (_, i) => nearest[i * k + k - 1]);
}

/** Puts a value into the ascending list of k that starts at `from`; the largest falls out. */
function insert(lists: Float64Array, from: number, k: number, value: number): void {
  let at = from + k - 1;
  for (; at > from && lists[at - 1] > value; at--) lists[at] = lists[at - 1];
  lists[at] = value;
}

/** Calls `visit` with the squared distance of every pair (row of a, row of b), block by block. */
export function visitAcross(
  a: Matrix,
  b: Matrix,
  visit: (squared: number, i: number, j: number) => void,
): void {
  const squares = [squaredNorms(a), squaredNorms(b)] as const;
  for (const tile of tilesOf(a, b)) visitTile(tile, squares, noiseOf(a), visit);
}
