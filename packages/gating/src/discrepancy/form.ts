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
import type { Pair } from '../mixture/gate.js';

// MMD²(w) = wᵀAw − 2bᵀw + c with the kernel k(x, y) = exp(−‖x−y‖² / 2σ²), Y_p the S texts sampled from pair p, X the n records:
//   A_pq = mean k(Y_pi, Y_qj), i ≠ j where p = q;  b_p = mean k(Y_pi, X_j);  c = mean k(X_i, X_j), i ≠ j   (Gretton et al. 2012, Eq. 3)
const MEDIAN_ROWS = 500;

/** Texts sampled once from each of P pairs, as embeddings. */
export interface PairSamples {
  /** The pairs, P long. */
  readonly pairs: readonly Pair[];
  /** Embeddings, P·S × d: the S texts of pair p stand in rows p·S … p·S + S − 1; S ≥ 2. */
  readonly texts: Matrix;
}

/** The squared maximum mean discrepancy between a mixture of P pairs and a population, as a function of the mixture's weights. */
export interface DiscrepancyForm {
  /** A, P × P, symmetric. */
  readonly quadratic: Matrix<Float64Array>;
  /** b, P long. */
  readonly linear: Float64Array;
  /** c: the population with itself. */
  readonly constant: number;
  /** σ² of the kernel, in squared units of the embeddings. */
  readonly bandwidth: number;
}

/**
 * The unbiased estimate of MMD² as a quadratic form in the weights. Being unbiased it can come out below 0 near the optimum.
 * @param samples S texts of each pair
 * @param texts the population's embeddings, n × d, n ≥ 2
 * @param bandwidth σ² > 0; the median squared distance within (500 rows of) the population when absent
 * @throws ShapeError when widths or row counts do not fit; SettingError for a bandwidth that is not positive
 */
export function discrepancyForm(samples: PairSamples, texts: Matrix, bandwidth?: number): DiscrepancyForm {
  const where = 'discrepancyForm';
  const each = requireSamples(where, samples);
  requireSameCols(where, samples.texts, texts);
  requireFinite(where, 'texts', texts);
  if (texts.rows < 2)
    throw new ShapeError(where, 'at least two texts', `${texts.rows}`, 'Give more of the population.');
  const width = bandwidth ?? medianSquaredDistance(texts);
  if (!(width > 0)) throw new SettingError(where, 'bandwidth', 'a number above 0', width);
  const count = samples.pairs.length;
  const quadratic = zeros(count, count);
  const linear = new Float64Array(count);
  for (let p = 0; p < count; p++) {
    const own = takeRows(samples.texts, range(p * each, each));
    linear[p] = meanOf(kernel(own, texts, width).data);
    const sums = kernel(own, samples.texts, width);
    for (let q = 0; q < count; q++) {
      let sum = 0;
      for (let i = 0; i < each; i++) for (let j = 0; j < each; j++) sum += sums.data[i * sums.cols + q * each + j];
      // The diagonal of a pair with itself is k(y, y) = 1.
      quadratic.data[p * count + q] = p === q ? (sum - each) / (each * (each - 1)) : sum / (each * each);
    }
  }
  return { quadratic, linear, constant: meanWithItself(texts, width), bandwidth: width };
}

/**
 * MMD² of a mixture with these weights, in [−small, 2]; 0 where the mixture cannot be told from the population.
 * @param weights P long, ≥ 0, of sum 1
 */
export function discrepancyOf(form: DiscrepancyForm, weights: Float64Array): number {
  const slope = slopeOf(form, weights); // 2Aw − 2b
  let value = form.constant;
  for (let p = 0; p < weights.length; p++) value += weights[p] * (slope[p] / 2 - form.linear[p]);
  return value;
}

/** d MMD²/dw = 2Aw − 2b, P long. */
export function slopeOf({ quadratic, linear }: DiscrepancyForm, weights: Float64Array): Float64Array {
  return linear.map((b, p) => {
    const row = rowOf(quadratic, p);
    let product = 0;
    for (let q = 0; q < row.length; q++) product += row[q] * weights[q];
    return 2 * (product - b);
  });
}

/**
 * The weights on the simplex that minimize the form, tied to no gate: what a gate could reach at best. Exponentiated gradient
 * (Kivinen & Warmuth 1997) whose step grows while it helps and halves when it does not.
 * @param steps iterations at most
 * @returns P weights ≥ 0 of sum 1
 */
export function bestPairWeights(form: DiscrepancyForm, steps = 5000): Float64Array {
  let weights = new Float64Array(form.linear.length).fill(1 / form.linear.length);
  let value = discrepancyOf(form, weights);
  for (let step = 0, rate = 1; step < steps && rate > 1e-9; step++) {
    const slope = slopeOf(form, weights);
    const least = slope.reduce((a, b) => Math.min(a, b));
    const next = weights.map((w, p) => w * Math.exp(-rate * (slope[p] - least)));
    const total = next.reduce((sum, w) => sum + w, 0);
    for (let p = 0; p < next.length; p++) next[p] /= total;
    const after = discrepancyOf(form, next);
    if (after <= value) [weights, value, rate] = [next, after, rate * 1.3];
    else rate /= 2;
  }
  return weights;
}

/** S, checked. */
function requireSamples(where: string, { pairs, texts }: PairSamples): number {
  const each = texts.rows / pairs.length;
  if (!Number.isInteger(each) || each < 2) {
    const found = `${texts.rows} texts for ${pairs.length} pairs`;
    throw new ShapeError(where, 'the same number of texts for every pair, two at least', found, 'Sample more texts.');
  }
  requireFinite(where, 'samples.texts', texts);
  return each;
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squaredNorms(x: Matrix): Float64Array {
  return Float64Array.from({ length: x.rows }, (_, i) => {
    let sum = 0;
    for (const value of rowOf(x, i)) sum += value * value;
    return sum;
  });
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

function kernel(x: Matrix, y: Matrix, bandwidth: number): Matrix<Float64Array> {
  const out = squaredDistances(x, y);
  for (let i = 0; i < out.data.length; i++) out.data[i] /= -2 * bandwidth;
  expInPlace(out.data);
  return out;
}

/** Mean kernel between different rows, a block of rows at a time so that n × n numbers never stand at once. */
function meanWithItself(x: Matrix, bandwidth: number): number {
  const block = 256;
  let sum = 0;
  for (let from = 0; from < x.rows; from += block) {
    const rows = range(from, Math.min(block, x.rows - from));
    sum += kernel(takeRows(x, rows), x, bandwidth).data.reduce((total, value) => total + value, 0);
  }
  return (sum - x.rows) / (x.rows * (x.rows - 1));
}

function medianSquaredDistance(x: Matrix): number {
  const rows = sampleWithoutReplacement(x.rows, Math.min(MEDIAN_ROWS, x.rows), randomFor(0, 'bandwidth', 0));
  const some = takeRows(x, Array.from(rows));
  const distances = squaredDistances(some, some);
  const apart: number[] = [];
  for (let i = 0; i < some.rows; i++) for (let j = 0; j < i; j++) apart.push(distances.data[i * some.rows + j]);
  return apart.sort((a, b) => a - b)[Math.floor(apart.length / 2)];
}
