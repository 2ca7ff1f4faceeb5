import { ShapeError } from '../errors.js';
import type { Assigner } from './assigner.js';
import { prepareCenters, type Prepared } from './points.js';
import { requireFinite, takeRows, toFloat64, type Matrix } from '../matrix.js';
import { drawIndex, sampleWithoutReplacement, type Random } from '../random.js';

/** Choice of the first centers: k different rows at random, k-means++ (far from those chosen already), or given, k × d. */
export type Initialization = 'random' | 'plusplus' | Matrix;

/** @throws ShapeError when given centers do not fit the points or are no numbers */
export function requireStart(points: Matrix, k: number, start: Initialization): void {
  if (typeof start === 'string') return;
  if (start.rows !== k || start.cols !== points.cols) {
    const expected = `starting centers of ${k} × ${points.cols}`;
    throw new ShapeError('kMeans', expected, `${start.rows} × ${start.cols}`, 'Give one row per cluster.');
  }
  requireFinite('kMeans', 'initialization', start);
}

/** The first centers in prepared coordinates, k × d. */
export function firstCenters(
  prepared: Prepared,
  assigner: Assigner,
  start: { readonly k: number; readonly initialization: Initialization },
  random: Random,
): Matrix<Float64Array> {
  const { k, initialization } = start;
  if (typeof initialization !== 'string') return prepareCenters(initialization, prepared);
  const n = prepared.points.rows;
  const rows = initialization === 'random' ? sampleWithoutReplacement(n, k, random) : plusPlus(assigner, k, random);
  return toFloat64(takeRows(prepared.points, rows));
}

/** k-means++ (Arthur & Vassilvitskii 2007): each next center is a point drawn with probability ∝ squared distance to the nearest. */
function plusPlus(assigner: Assigner, k: number, random: Random): Int32Array {
  const chosen = new Int32Array(k);
  chosen[0] = Math.floor(random() * assigner.labels.length);
  assigner.nearest.fill(Infinity);
  for (let c = 1; c < k; c++) {
    assigner.approach(chosen[c - 1]);
    chosen[c] = drawIndex(assigner.nearest, random);
  }
  return chosen;
}
