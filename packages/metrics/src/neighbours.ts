import type { Matrix } from '@mixture-of-personas/numeric';

import { squaredNorms } from './kernel-distance.js';
import { tilesOf, upperTilesOf, type Tile } from './tiles.js';

// Squared distances come as ‖a‖² + ‖b‖² − 2 a·b, whose rounding is a few ulp of ‖a‖² + ‖b‖². Anything below that is a copy: exactly 0.
const noiseOf = (set: Matrix): number => (set.data instanceof Float32Array ? 1e-6 : 1e-14);

/** Turns a tile's products into squared distances, in place. */
function toDistances(
  { fromA, fromB, products: { data, rows, cols } }: Tile,
  squaresA: Float64Array,
  squaresB: Float64Array,
  noise: number,
): void {
  for (let i = 0; i < rows; i++) {
    const squareA = squaresA[fromA + i];
    const line = i * cols;
    for (let j = 0; j < cols; j++) {
      const both = squareA + squaresB[fromB + j];
      const squared = both - 2 * data[line + j];
      data[line + j] = squared <= noise * both ? 0 : squared;
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
  const noise = noiseOf(set);
  const nearest = new Float64Array(set.rows * k).fill(Infinity);
  for (const tile of upperTilesOf(set)) {
    toDistances(tile, squares, squares, noise);
    insertTile(tile, nearest, k);
  }
  return Float64Array.from({ length: set.rows }, (_, i) => nearest[i * k + k - 1]);
}

/** Offers every pair of a tile to the lists of both its rows. */
function insertTile({ fromA, fromB, products: { data, rows, cols } }: Tile, nearest: Float64Array, k: number): void {
  for (let i = 0; i < rows; i++) {
    const listA = (fromA + i) * k;
    for (let j = fromA === fromB ? i + 1 : 0; j < cols; j++) {
      const squared = data[i * cols + j];
      const listB = (fromB + j) * k;
      if (squared < nearest[listA + k - 1]) insert(nearest, listA, k, squared);
      if (squared < nearest[listB + k - 1]) insert(nearest, listB, k, squared);
    }
  }
}

/** Puts a value into the ascending list of k that starts at `from`; the largest falls out. */
function insert(lists: Float64Array, from: number, k: number, value: number): void {
  let at = from + k - 1;
  for (; at > from && lists[at - 1] > value; at--) lists[at] = lists[at - 1];
  lists[at] = value;
}

/** The squared distances of all pairs (row of a, row of b), tile by tile. */
export function* distanceTiles(a: Matrix, b: Matrix): Generator<Tile> {
  const squaresA = squaredNorms(a);
  const squaresB = squaredNorms(b);
  for (const tile of tilesOf(a, b)) {
    toDistances(tile, squaresA, squaresB, noiseOf(a));
    yield tile;
  }
}
