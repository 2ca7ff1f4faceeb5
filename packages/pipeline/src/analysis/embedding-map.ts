import { randomFor, sampleWithoutReplacement, type Matrix } from '@mixture-of-personas/numeric';
import { z } from 'zod';
import { principalPlane } from './principal-plane.js';
import { rowsFrom, stacked } from './rows.js';
import { list } from './schema.js';

const pair = z.tuple([z.number(), z.number()]).readonly();

const mappedSetSchema = z.object({
  /** Texts in the set; the figures below are of all of them. */
  count: z.number(),
  /** Some of the texts, at most 1,000, as (first, second) component. */
  points: list(pair),
  mean: pair,
  /** Variance of the first and second component, and their covariance, with n in the denominator. */
  covariance: z.tuple([z.number(), z.number(), z.number()]).readonly(),
});

/** Golden and simulated texts in the plane of their two first principal components (paper Figure 3). */
export const embeddingMapSchema = z.object({
  golden: mappedSetSchema,
  simulated: mappedSetSchema,
  /** Share of the variance of both sets together along each axis. */
  shares: pair,
});

/** One set of the map. */
export type MappedSet = z.infer<typeof mappedSetSchema>;

/** Golden and simulated texts in one plane. */
export type EmbeddingMap = z.infer<typeof embeddingMapSchema>;

/** Points drawn a set: more only hide each other. */
const SHOWN = 1000;

/**
 * The map of two sets of embeddings of one width.
 * @param simulated at least one row
 * @param golden at least one row
 */
export function embeddingMap(simulated: Matrix, golden: Matrix, seed: number): EmbeddingMap {
  const { points, shares } = principalPlane(stacked([simulated, golden]));
  const part = (from: number, count: number): MappedSet =>
    mappedSet(rowsFrom(points, from, count), randomFor(seed, 'embedding-map', from));
  return { simulated: part(0, simulated.rows), golden: part(simulated.rows, golden.rows), shares };
}

function mappedSet(set: Matrix<Float64Array>, random: () => number): MappedSet {
  const { data, rows: count } = set;
  const chosen = sampleWithoutReplacement(count, Math.min(SHOWN, count), random).sort();
  const points = Array.from(chosen, (i): [number, number] => [rounded(data[2 * i]!), rounded(data[2 * i + 1]!)]);
  return { count, points, ...momentsOf(set) };
}

/** Mean and covariance of points of a plane, n × 2. */
export function momentsOf({ data: flat, rows: count }: Matrix): Pick<MappedSet, 'mean' | 'covariance'> {
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
  return { mean: [x, y], covariance: [xx, yy, xy] };
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
