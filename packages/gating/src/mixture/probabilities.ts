import {
  multiplyByTranspose,
  requireSameCols,
  rowOf,
  ShapeError,
  softmaxInPlace,
  toFloat64,
  zeros,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { logitRow } from './normalizers.js';
import { personaLogitsOf } from './persona-logits.js';
import { addBias } from './products.js';

/**
 * Projected embeddings (paper Eq. 2): row i is W h_i + b.
 * @param weights W, hidden × d
 * @param embeddings h, n × d
 * @param bias b, hidden long; left out: zeros
 * @returns n × hidden
 * @throws ShapeError when the widths differ
 */
export function project(weights: Matrix, embeddings: Matrix, bias?: Float64Array): Matrix<Float64Array> {
  if (bias !== undefined)
    requireSameCols('project', { data: bias, rows: 1, cols: bias.length }, { ...weights, cols: weights.rows });
  return addBias(toFloat64(multiplyByTranspose(embeddings, weights)), bias);
}

/**
 * Persona probabilities, one row a context (paper Eq. 3): π_bk = exp(x_b·g_k) / Σ_l exp(x_b·g_l).
 * @param x projected contexts, B × hidden
 * @param g projected personas, K × hidden
 * @returns π, B × K; every row sums to 1
 * @throws ShapeError when the two have different widths
 */
export function personaProbabilities(x: Matrix, g: Matrix): Matrix<Float64Array> {
  const logits = toFloat64(multiplyByTranspose(x, g));
  for (let b = 0; b < logits.rows; b++) softmaxInPlace(rowOf(logits, b));
  return logits;
}

/**
 * Exemplar probabilities (paper Eq. 4), all of them: Ω_bkj = exp(x_b·e_j + g_k·e_j) / Σ_l exp(x_b·e_l + g_k·e_l).
 * For looking at and for drawing from a few contexts only: B·K·N numbers (B 32, K 100, N 1000: 26 MB). Fits use the factorized `mixtureOf`.
 * @param x projected contexts, B × hidden
 * @param g projected personas, K × hidden
 * @param e projected exemplars, N × hidden
 * @param options `masked`: exemplar left out for each context, or −1; B long
 * @returns Ω, (B·K) × N; context b and persona k stand in row b·K + k; every row sums to 1
 * @throws ShapeError when widths differ, or a mask leaves no exemplar
 */
export function exemplarProbabilities(
  x: Matrix,
  g: Matrix,
  e: Matrix,
  options: { readonly masked?: ArrayLike<number> } = {},
): Matrix<Float64Array> {
  requireSameCols('exemplarProbabilities', x, e);
  const u = toFloat64(multiplyByTranspose(x, e));
  const v = personaLogitsOf(g, e);
  const masked = maskOf('exemplarProbabilities', x.rows, e.rows, options.masked);
  const omega = zeros(x.rows * g.rows, e.rows);
  for (let b = 0; b < x.rows; b++) {
    for (let k = 0; k < g.rows; k++) {
      const row = logitRow({ u, v, masked }, b, k);
      softmaxInPlace(row);
      omega.data.set(row, (b * g.rows + k) * e.rows);
    }
  }
  return omega;
}

/**
 * The mask as integers, checked.
 * @throws ShapeError when its length is not B, an entry is no exemplar, or it would leave a context without any exemplar
 */
export function maskOf(where: string, contexts: number, exemplars: number, masked?: ArrayLike<number>): Int32Array {
  if (masked === undefined) return new Int32Array(contexts).fill(-1);
  if (masked.length !== contexts) {
    const advice = 'Give one a context, −1 for none.';
    throw new ShapeError(where, `a mask of ${contexts} entries`, `${masked.length}`, advice);
  }
  for (let b = 0; b < contexts; b++) {
    if (!Number.isInteger(masked[b]) || masked[b] < -1 || masked[b] >= exemplars) {
      const advice = 'Use −1 for none.';
      throw new ShapeError(where, `a mask of −1 … ${exemplars - 1}`, `${masked[b]} for context ${b}`, advice);
    }
    if (masked[b] >= 0 && exemplars === 1) {
      const advice = 'Give at least two exemplars.';
      throw new ShapeError(where, 'another exemplar than the masked one', 'only that one', advice);
    }
  }
  return Int32Array.from(masked);
}
