import type { Matrix } from '../matrix.js';

type Place = 'points' | 'centers' | 'moved' | 'norms' | 'centerNorms' | 'products' | 'labels' | 'nearest' | 'lower';

/** Addresses of everything in the memory of the k-means kernel, in bytes. */
export interface Layout extends Record<Place, number> {
  /** Numbers that a row of points or centers takes: d, rounded up to a multiple of 4. */
  readonly width: number;
  /** k, rounded up to a multiple of 4. */
  readonly paddedK: number;
  /** Rows of bounds that are kept: all n, or one block when n × k would be too many. */
  readonly boundRows: number;
  /** Size of the whole. */
  readonly bytes: number;
}

/** Points done at a time when distances come from a matrix product. */
export const BLOCK = 256;

/** Bytes of bounds beyond which they are not kept: every step then starts from scratch, block by block. */
const MOST_BOUNDS = 256 * 2 ** 20;

const up4 = (n: number): number => Math.ceil(n / 4) * 4;

/**
 * The layout for n × d points and k centers.
 * @param points n × d
 * @param k clusters
 */
export function layoutOf(points: Matrix, k: number): Layout {
  const [width, paddedK] = [up4(points.cols), up4(k)];
  const boundRows = points.rows * paddedK * 4 <= MOST_BOUNDS ? points.rows : BLOCK;
  let at = 16; // address 0 is left alone
  const take = (numbers: number): number => {
    const start = at;
    at += up4(numbers) * 4;
    return start;
  };
  const places = {
    points: take(points.rows * width),
    centers: take(paddedK * width),
    moved: take(paddedK),
    norms: take(points.rows),
    centerNorms: take(paddedK),
    products: take(BLOCK * paddedK),
    labels: take(points.rows),
    nearest: take(points.rows),
    lower: take(boundRows * paddedK),
  };
  return { width, paddedK, boundRows, ...places, bytes: at };
}
