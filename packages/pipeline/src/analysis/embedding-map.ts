import { randomFor, sampleWithoutReplacement, type Matrix } from '@mixture-of-personas/numeric';
import { principalPlane } from './principal-plane.js';

/** Golden and simulated texts in the plane of their two first principal components (paper Figure 3). */
export interface EmbeddingMap {
  readonly golden: MappedSet;
  readonly simulated: MappedSet;
  /** Share of the variance of both sets together along each axis. */
  readonly shares: readonly [number, number];
}

/** One set of the map. */
export interface MappedSet {
  /** Texts in the set; the figures below are of all of them. */
  readonly count: number;
  /** Some of the texts, at most 1,000, as (first, second) component. */
  readonly points: readonly (readonly [number, number])[];
  readonly mean: readonly [number, number];
  /** Variance of the first and second component, and their covariance, with n in the denominator. */
  readonly covariance: readonly [number, number, number];
}

/** Points drawn a set: more only hide each other. */
const SHOWN = 1000;

/**
 * The map of two sets of embeddings of one width.
 * @param simulated at least one row
 * @param golden at least one row
 */
export function embeddingMap(simulated: Matrix, golden: Matrix, seed: number): EmbeddingMap {
  const data = new Float32Array(simulated.data.length + golden.data.length);
  data.set(simulated.data);
  data.set(golden.data, simulated.data.length);
  const { points, shares } = principalPlane({ data, rows: simulated.rows + golden.rows, cols: golden.cols });
  const part = (from: number, count: number): MappedSet =>
    mappedSet(points.data.subarray(2 * from, 2 * (from + count)), randomFor(seed, 'embedding-map', from));
  return { simulated: part(0, simulated.rows), golden: part(simulated.rows, golden.rows), shares };
}

function mappedSet(flat: Float64Array, random: () => number): MappedSet {
  const count = flat.length / 2;
  let [x, y] = [0, 0];
  for (let i = 0; i < count; i++) {
    x += flat[2 * i]! / count;
    y += flat[2 * i + 1]! / count;
  }
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [a, b] = [flat[2 * i]! - x, flat[2 * i + 1]! - y];
    xx += (a * a) / count;
    yy += (b * b) / count;
    xy += (a * b) / count;
  }
  const chosen = sampleWithoutReplacement(count, Math.min(SHOWN, count), random).sort();
  const points = Array.from(chosen, (i): [number, number] => [rounded(flat[2 * i]!), rounded(flat[2 * i + 1]!)]);
  return { count, points, mean: [x, y], covariance: [xx, yy, xy] };
}

/** Four digits place a point to a tenth of a pixel. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/**
 * Outline of the ellipse of so many standard deviations along the axes of a covariance, closed.
 * @param deviations 2 holds 86 % of a normal cloud
 */
export function ellipseOf(
  { mean, covariance }: Pick<MappedSet, 'mean' | 'covariance'>,
  deviations: number,
  corners = 72,
): [number, number][] {
  const [xx, yy, xy] = covariance;
  // Axes of [[xx, xy], [xy, yy]]: the angle of the long one, and the two variances along them.
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const half = Math.hypot((xx - yy) / 2, xy);
  const long = deviations * Math.sqrt(Math.max(0, (xx + yy) / 2 + half));
  const short = deviations * Math.sqrt(Math.max(0, (xx + yy) / 2 - half));
  return Array.from({ length: corners + 1 }, (_, i) => {
    const turn = (2 * Math.PI * i) / corners;
    const [a, b] = [long * Math.cos(turn), short * Math.sin(turn)];
    return [mean[0] + a * Math.cos(angle) - b * Math.sin(angle), mean[1] + a * Math.sin(angle) + b * Math.cos(angle)];
  });
}
