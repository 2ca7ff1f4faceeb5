import { SettingError, ShapeError } from '@mixture-of-personas/numeric';
import { sumOf } from '@mixture-of-personas/numeric/internal';

import { requireCount, requireCounts, requirePositive } from '../metric/checks.js';
import type { FrontierOptions } from '../metric/settings.js';

/** A point of the divergence curve: [exp(−c KL(golden ‖ r)), exp(−c KL(synthetic ‖ r))], both in [0, 1]. */
export type CurvePoint = readonly [number, number];

/** MAUVE of two histograms with all it is made of. */
export interface Frontier {
  /** Area under the divergence curve, [0, 1], 1 for equal histograms. Disjoint ones score 0.5 at scaling 1 and 0.004 at 5. */
  readonly mauve: number;
  /** The same with counts smoothed by Krichevsky–Trofimov: (count + ½) / Σ. */
  readonly mauveStar: number;
  /** ∫ of the linearized frontier, [0, 1], 0 for equal histograms; no scaling in it. */
  readonly frontierIntegral: number;
  readonly frontierIntegralStar: number;
  /** The divergence curve from (1, 0) to (0, 1), mixing weight ascending. */
  readonly curve: readonly CurvePoint[];
  readonly curveStar: readonly CurvePoint[];
}

/**
 * MAUVE of two histograms over the same buckets (Pillutla et al. 2021, 2023): r = w p + (1 − w) q over a grid of w, the curve
 * (exp(−c KL(q ‖ r)), exp(−c KL(p ‖ r))), and the mean of the areas under it along both axes.
 * KL is clipped at 0 (rounding gives −1e-17), and points with the same abscissa are ordered by falling ordinate: without both,
 * equal histograms can score 0.75.
 * @param syntheticCounts p, ≥ 0, one a bucket
 * @param goldenCounts q, as many
 * @throws ShapeError when lengths differ, a count is negative or not a number, or a histogram is empty; SettingError for c ≤ 0
 */
export function mauveOfHistograms(
  syntheticCounts: ArrayLike<number>,
  goldenCounts: ArrayLike<number>,
  options: FrontierOptions = {},
): Frontier {
  const where = 'mauveOfHistograms';
  const { scaling = 5, points = 25 } = options;
  requirePositive(where, 'scaling', scaling);
  requireCount(where, 'points', points, 2);
  requireCounts(where, 'syntheticCounts', syntheticCounts);
  requireCounts(where, 'goldenCounts', goldenCounts);
  if (syntheticCounts.length !== goldenCounts.length) {
    const found = `${syntheticCounts.length} and ${goldenCounts.length} counts`;
    const advice = 'Count both sets over one clustering.';
    throw new ShapeError(where, 'histograms over the same buckets', found, advice);
  }
  const plain = frontierOf(shares(syntheticCounts, 0), shares(goldenCounts, 0), scaling, points);
  const smooth = frontierOf(shares(syntheticCounts, 0.5), shares(goldenCounts, 0.5), scaling, points);
  return {
    mauve: plain.area,
    mauveStar: smooth.area,
    frontierIntegral: plain.integral,
    frontierIntegralStar: smooth.integral,
    curve: plain.curve,
    curveStar: smooth.curve,
  };
}

/** The score alone, without smoothing, curve and checks: for resampling. */
export function mauveScore(p: ArrayLike<number>, q: ArrayLike<number>, scaling: number, points: number): number {
  return areaUnder(curveOf(shares(p, 0), shares(q, 0), scaling, points));
}

function frontierOf(
  p: Float64Array,
  q: Float64Array,
  scaling: number,
  points: number,
): { area: number; integral: number; curve: CurvePoint[] } {
  const curve = curveOf(p, q, scaling, points);
  return { area: areaUnder(curve), integral: frontierIntegral(p, q), curve };
}

/** (count + smoothing) / Σ (count + smoothing). */
function shares(counts: ArrayLike<number>, smoothing: number): Float64Array {
  const out = Float64Array.from(counts, (count) => count + smoothing);
  const total = sumOf(out);
  if (!Number.isFinite(total)) throw new SettingError('mauveOfHistograms', 'counts', 'of finite sum', total);
  return out.map((value) => value / total);
}

function curveOf(p: Float64Array, q: Float64Array, scaling: number, points: number): CurvePoint[] {
  const curve: CurvePoint[] = [[1, 0]];
  const mixture = new Float64Array(p.length);
  for (let i = 0; i < points; i++) {
    const w = 1e-6 + (i * (1 - 2e-6)) / (points - 1);
    for (let b = 0; b < p.length; b++) mixture[b] = w * p[b] + (1 - w) * q[b];
    curve.push([Math.exp(-scaling * divergence(q, mixture)), Math.exp(-scaling * divergence(p, mixture))]);
  }
  curve.push([0, 1]);
  return curve;
}

/** KL(p ‖ r) in nats, not below 0; buckets with p = 0 add nothing, and r > 0 wherever p > 0. */
function divergence(p: Float64Array, r: Float64Array): number {
  let sum = 0;
  for (let b = 0; b < p.length; b++) if (p[b] > 0) sum += p[b] * Math.log(p[b] / r[b]);
  return Math.max(0, sum);
}

function areaUnder(curve: readonly CurvePoint[]): number {
  return Math.min(1, (trapezoids(curve, 0, 1) + trapezoids(curve, 1, 0)) / 2);
}

/** ∫ y dx by trapezoids, with axis `x` ascending and ties by `y` descending. */
function trapezoids(curve: readonly CurvePoint[], x: 0 | 1, y: 0 | 1): number {
  const sorted = [...curve].sort((a, b) => a[x] - b[x] || b[y] - a[y]);
  let area = 0;
  for (let i = 1; i < sorted.length; i++) {
    area += ((sorted[i][x] - sorted[i - 1][x]) * (sorted[i][y] + sorted[i - 1][y])) / 2;
  }
  return area;
}

/** Σ (p + q)/2 − p q ln(p/q) / (p − q): the frontier integral in closed form; a bucket with p = q adds nothing. */
function frontierIntegral(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let b = 0; b < p.length; b++) {
    const gap = p[b] - q[b];
    if (Math.abs(gap) <= 1e-8) continue;
    sum += (p[b] + q[b]) / 2;
    if (p[b] > 0 && q[b] > 0) sum -= (p[b] * q[b] * Math.log(p[b] / q[b])) / gap;
  }
  return sum;
}

/** Number of rows with each label 0 … `bins` − 1. */
export function countsIn(labels: Int32Array, bins: number): Float64Array {
  const counts = new Float64Array(bins);
  for (const label of labels) counts[label]++;
  return counts;
}
