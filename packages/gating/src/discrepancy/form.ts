import {
  expInPlace,
  multiplyByTranspose,
  randomFor,
  requireFinite,
  requireSameCols,
  rowOf,
  sampleWithoutReplacement,
  SettingError,
  ShapeError,
  takeRows,
  toFloat64,
  zeros,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { squaredNorms } from '@mixture-of-personas/numeric/internal';
import type { Pair } from '../mixture/gate.js';

// D(w) = wᵀAw / (1 − Σ_p w_p²/m_p) − 2bᵀw + c with a kernel k, Y_p the m_p texts sampled from pair p, X the n records:
//   A_pq = Σ k(Y_pi, Y_qj) / (m_p m_q), i ≠ j where p = q;  b_p = mean k(Y_pi, X_j);  c = mean k(X_i, X_j), i ≠ j
// This is the unbiased estimate (Gretton et al. 2012, Eq. 3) over all texts, each of weight w_p/m_p: a text does not meet itself.
//   gaussian: k = exp(−‖x−y‖² / 2σ²), D = MMD²;  energy: k = −‖x−y‖, D = energy distance (Székely & Rizzo 2013)
const MEDIAN_ROWS = 500;
/** Texts whose kernels stand in memory at once. */
const BLOCK = 256;

/** Measure of the distance between two texts. */
export type DiscrepancyKernel = 'gaussian' | 'energy';

/** Texts sampled from each of P pairs, as embeddings. */
export interface PairSamples {
  /** The pairs, P long. */
  readonly pairs: readonly Pair[];
  /** Embeddings, one row per text, at least one text per pair. */
  readonly texts: Matrix;
  /** The pair of each text, as an index into `pairs`; absent: each has equally many, which stand one after the other. */
  readonly pairOf?: ArrayLike<number>;
  /** log of the number of texts that was to be expected of each pair, up to a constant, where pairs were drawn; absent: the number there is. */
  readonly logExpected?: Float64Array;
}

/** The discrepancy between a mixture of P pairs and a population, as a function of the mixture's weights. */
export interface DiscrepancyForm {
  /** A, P × P, symmetric. */
  readonly quadratic: Matrix<Float64Array>;
  /** m, P long. */
  readonly counts: Float64Array;
  /** b, P long. */
  readonly linear: Float64Array;
  /** c: the population with itself. */
  readonly constant: number;
  readonly kernel: DiscrepancyKernel;
  /** σ² of the Gaussian kernel, in squared units of the embeddings. */
  readonly bandwidth: number;
  /** The pair of each of the T texts. */
  readonly pairOf: Int32Array;
  /** Mean kernel of each text and the texts of each pair, itself left out but counted, T × P. */
  readonly perText: Matrix<Float64Array>;
  /** Kernel of each record and each text, n × T. */
  readonly across: Matrix<Float64Array>;
}

/** The kernel of a form. @defaultValue Gaussian, σ² the median squared distance within (500 rows of) the population */
export interface KernelOptions {
  readonly kernel?: DiscrepancyKernel;
  readonly bandwidth?: number;
}

/**
 * The unbiased estimate of a discrepancy as a function of the weights. Being unbiased it can come out below 0 near the optimum.
 * @param samples one text of each pair at least
 * @param texts the population's embeddings, n × d, n ≥ 2
 * @throws ShapeError when widths or row counts do not fit; SettingError for a Gaussian kernel with a bandwidth that is not positive, as where most
 * of the population is one text
 */
export function discrepancyForm(samples: PairSamples, texts: Matrix, options: KernelOptions = {}): DiscrepancyForm {
  const where = 'discrepancyForm';
  const pairOf = requirePairsOfTexts(where, samples);
  requireSameCols(where, samples.texts, texts);
  requireFinite(where, 'texts', texts);
  if (texts.rows < 2)
    throw new ShapeError(where, 'at least two texts', `${texts.rows}`, 'Give more of the population.');
  const { kernel = 'gaussian', bandwidth = medianSquaredDistance(texts) } = options;
  if (kernel === 'gaussian' && !(bandwidth > 0))
    throw new SettingError(where, 'bandwidth', 'a number above 0', bandwidth);
  const k = (x: Matrix, y: Matrix): Matrix<Float64Array> => kernelOf(x, y, kernel, bandwidth);
  const count = samples.pairs.length;
  const counts = new Float64Array(count);
  for (const p of pairOf) counts[p]++;
  const quadratic = zeros(count, count);
  const perText = zeros(pairOf.length, count);
  for (let from = 0; from < samples.texts.rows; from += BLOCK) {
    const rows = range(from, Math.min(BLOCK, samples.texts.rows - from));
    const own = k(takeRows(samples.texts, rows), samples.texts);
    rows.forEach((t, i) => {
      const into = rowOf(perText, t);
      rowOf(own, i).forEach((value, u) => {
        if (u !== t) into[pairOf[u]] += value / counts[pairOf[u]];
      });
      into.forEach((value, q) => (quadratic.data[pairOf[t] * count + q] += value / counts[pairOf[t]]));
    });
  }
  const across = k(texts, samples.texts);
  const constant = meanWithItself(texts, k);
  const linear = linearOf(pairOf, counts, across);
  return { quadratic, counts, linear, constant, kernel, bandwidth, pairOf, perText, across };
}

/** The same with some of the records in place of all; the constant, which no weights change, stays that of all. */
export function withRecords(form: DiscrepancyForm, rows: readonly number[]): DiscrepancyForm {
  const across = takeRows(form.across, rows);
  return { ...form, across, linear: linearOf(form.pairOf, form.counts, across) };
}

/** b from the kernels of records and texts. */
function linearOf(pairOf: Int32Array, counts: Float64Array, across: Matrix<Float64Array>): Float64Array {
  const linear = new Float64Array(counts.length);
  across.data.forEach((value, at) => {
    const p = pairOf[at % across.cols];
    linear[p] += value / counts[p] / across.rows;
  });
  return linear;
}

/**
 * The discrepancy of a mixture with these weights; 0 where the mixture cannot be told from the population.
 * @param weights P long, ≥ 0, of sum 1
 */
export function discrepancyOf(form: DiscrepancyForm, weights: Float64Array): number {
  const { itself, across, spread } = partsOf(form, weights);
  return itself / (1 - spread) - 2 * across + form.constant;
}

/**
 * The discrepancy of the weighted texts themselves, in which each meets itself too, and its slope dD/dw, P long: a convex function of the
 * weights, larger than the unbiased one the fewer texts have weight. What chooses weights minimizes it; the unbiased one, which a few lucky texts
 * can bring below 0, judges them.
 */
export function convexDiscrepancy(
  form: DiscrepancyForm,
  weights: Float64Array,
): { readonly value: number; readonly slope: Float64Array } {
  const { counts, linear, constant, kernel } = form;
  const { itself, across, spread, toPairs } = partsOf(form, weights);
  const own = kernel === 'energy' ? 0 : 1; // k(y, y)
  const slope = toPairs.map((value, p) => 2 * (value + (own * weights[p]) / counts[p] - linear[p]));
  return { value: itself + own * spread - 2 * across + constant, slope };
}

/** Aw: `toPairs`; wᵀAw, bᵀw and Σ_p w_p²/m_p. */
function partsOf({ quadratic, counts, linear }: DiscrepancyForm, weights: Float64Array) {
  const toPairs = new Float64Array(weights.length);
  let [itself, across, spread] = [0, 0, 0];
  for (let p = 0; p < weights.length; p++) {
    const row = rowOf(quadratic, p);
    for (let q = 0; q < row.length; q++) toPairs[p] += row[q] * weights[q];
    itself += weights[p] * toPairs[p];
    across += weights[p] * linear[p];
    spread += weights[p] ** 2 / counts[p];
  }
  return { toPairs, itself, across, spread };
}

/** Number of texts, all of one weight, that would be as good as these: 1 / Σ (w_p/m_p)² m_p. */
export function effectiveTexts({ counts }: DiscrepancyForm, weights: Float64Array): number {
  return 1 / weights.reduce((sum, w, p) => sum + (w * w) / counts[p], 0);
}

/** A discrepancy with what each record and each text contributes to it. */
export interface JudgedWeights {
  /** The discrepancy as each record sees it, n long; their mean is the discrepancy. */
  readonly byRecord: Float64Array;
  /** First-order influence of each text, T long, of sum 0: the sum of their squares is the variance that the texts bring. */
  readonly byText: Float64Array;
}

/** The discrepancy of a mixture, taken apart by records and by texts. */
export function judgedBy(form: DiscrepancyForm, weights: Float64Array): JudgedWeights {
  const { pairOf, counts, perText, across, linear, constant } = form;
  const each = Float64Array.from(pairOf, (p) => weights[p] / counts[p]);
  const apart = 1 - each.reduce((sum, v) => sum + v * v, 0);
  const toTexts = Float64Array.from(each, (_, t) => rowOf(perText, t).reduce((sum, k, q) => sum + k * weights[q], 0));
  const mean = toTexts.reduce((sum, value, t) => sum + value * each[t], 0) / apart;
  const toRecords = Float64Array.from({ length: across.rows }, (_, r) =>
    rowOf(across, r).reduce((sum, k, t) => sum + k * each[t], 0),
  );
  const average = linear.reduce((sum, b, p) => sum + b * weights[p], 0);
  const ofText = new Float64Array(each.length);
  across.data.forEach((k, at) => (ofText[at % across.cols] += k / across.rows));
  const byText = each.map((v, t) => 2 * v * ((toTexts[t] + mean * v) / apart - mean / apart - (ofText[t] - average)));
  return { byRecord: toRecords.map((value) => mean + constant - 2 * value), byText };
}

/**
 * The weights on the simplex that minimize the convex discrepancy, tied to no gate: what a gate could reach at best. Exponentiated gradient
 * (Kivinen & Warmuth 1997) whose step grows while it helps and halves when it does not.
 * @param steps iterations at most
 * @returns P weights ≥ 0 of sum 1
 */
export function bestPairWeights(form: DiscrepancyForm, steps = 5000): Float64Array {
  let weights = new Float64Array(form.linear.length).fill(1 / form.linear.length);
  let { value, slope } = convexDiscrepancy(form, weights);
  for (let step = 0, rate = 1; step < steps && rate > 1e-9; step++) {
    const least = slope.reduce((a, b) => Math.min(a, b));
    const next = weights.map((w, p) => w * Math.exp(-rate * (slope[p] - least)));
    const total = next.reduce((sum, w) => sum + w, 0);
    for (let p = 0; p < next.length; p++) next[p] /= total;
    const after = convexDiscrepancy(form, next);
    if (after.value <= value) [weights, { value, slope }, rate] = [next, after, rate * 1.3];
    else rate /= 2;
  }
  return weights;
}

/** The pair of each text. @throws ShapeError where a pair has no text */
export function requirePairsOfTexts(where: string, { pairs, texts, pairOf }: PairSamples): Int32Array {
  requireFinite(where, 'samples.texts', texts);
  const each = texts.rows / pairs.length;
  const found = Int32Array.from(pairOf ?? Array.from({ length: texts.rows }, (_, t) => Math.floor(t / each)));
  const counts = new Int32Array(pairs.length);
  for (const p of found) counts[p]++;
  const even = pairOf !== undefined || Number.isInteger(each);
  if (!even || found.length !== texts.rows || counts.some((count) => count < 1)) {
    const given = `${texts.rows} texts for ${pairs.length} pairs`;
    const advice = 'Sample more texts.';
    throw new ShapeError(where, 'a pair for every text, and a text at least of every pair', given, advice);
  }
  return found;
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

/** ‖x_i − y_j‖², rows of x by rows of y. */
function squaredDistances(x: Matrix, y: Matrix): Matrix<Float64Array> {
  const out = toFloat64(multiplyByTranspose(x, y));
  const [a, b] = [squaredNorms(x), squaredNorms(y)];
  for (let i = 0; i < out.rows; i++) {
    const row = rowOf(out, i);
    for (let j = 0; j < row.length; j++) row[j] = Math.max(0, a[i] + b[j] - 2 * row[j]);
  }
  return out;
}

function kernelOf(x: Matrix, y: Matrix, kernel: DiscrepancyKernel, bandwidth: number): Matrix<Float64Array> {
  const out = squaredDistances(x, y);
  if (kernel === 'energy') for (let i = 0; i < out.data.length; i++) out.data[i] = -Math.sqrt(out.data[i]);
  else {
    for (let i = 0; i < out.data.length; i++) out.data[i] /= -2 * bandwidth;
    expInPlace(out.data);
  }
  return out;
}

/** Mean kernel between different rows, a block of rows at a time so that n × n numbers never stand at once. */
function meanWithItself(x: Matrix, kernel: (x: Matrix, y: Matrix) => Matrix<Float64Array>): number {
  let sum = 0;
  for (let from = 0; from < x.rows; from += BLOCK) {
    const rows = range(from, Math.min(BLOCK, x.rows - from));
    const values = kernel(takeRows(x, rows), x);
    rows.forEach((row, i) => rowOf(values, i).forEach((value, j) => (sum += j === row ? 0 : value)));
  }
  return sum / (x.rows * (x.rows - 1));
}

function medianSquaredDistance(x: Matrix): number {
  const rows = sampleWithoutReplacement(x.rows, Math.min(MEDIAN_ROWS, x.rows), randomFor(0, 'bandwidth', 0));
  const some = takeRows(x, Array.from(rows));
  const distances = squaredDistances(some, some);
  const apart: number[] = [];
  for (let i = 0; i < some.rows; i++) for (let j = 0; j < i; j++) apart.push(distances.data[i * some.rows + j]);
  return apart.sort((a, b) => a - b)[Math.floor(apart.length / 2)];
}
