import { expInPlace, logSumExp, multiplyByTranspose, rowOf, zeros, type Matrix } from '@mixture-of-personas/numeric';
import type { PersonaLogits } from './persona-logits.js';

// u = x·e (B × N), v = g·e (K × N); Z_bk = Σ_j exp(u_bj + v_kj) = exp(max u_b + max v_k) Σ_j exp(u_bj − max) exp(v_kj − max).

/**
 * A factor below about 1e-308 becomes 0, so the sum carries an absolute error of at most N · 1e-308. Above this bound that is nothing beside
 * rounding; below it (the two maxima sit at different exemplars) the sum is taken again, directly.
 */
const TINY = 1e-280;

/** exp(u − max) and exp(v − max) with their normalizers. */
export interface Normalizers {
  /** log Z, B × K. */
  readonly logs: Matrix<Float64Array>;
  /** exp(u_bj − max_j u_b), B × N, 0 where masked. */
  readonly contextFactors: Matrix<Float64Array>;
  /** exp(v_kj − max_j v_k) of one persona, N long. */
  readonly personaFactors: (k: number) => Float64Array;
  /** Σ_j of their products, B × K: what is below `TINY` has been replaced in `logs` by a direct log-sum-exp. */
  readonly sums: Matrix<Float64Array>;
}

/** Whether Ω_bk· may be taken as a product of factors over the sum. */
export function isSafe(sum: number): boolean {
  return sum > TINY;
}

/**
 * All B × K normalizers of a batch from one matrix product a tile of personas, in float64, with the direct log-sum-exp where the product underflows.
 * @param u B × N
 * @param v K × N
 * @param masked exemplar to leave out of row b, or −1
 */
export function normalizersOf(u: Matrix<Float64Array>, v: PersonaLogits, masked: Int32Array): Normalizers {
  const context = shiftedExponentials(u, masked);
  const [logs, sums] = [zeros(u.rows, v.rows), zeros(u.rows, v.rows)];
  let whole: Matrix<Float64Array> | undefined;
  for (const { from, v: tile } of v.tiles()) {
    const persona = shiftedExponentials(tile);
    if (tile.rows === v.rows) whole = persona.factors;
    const products = multiplyByTranspose(context.factors, persona.factors);
    for (let b = 0; b < u.rows; b++) {
      for (let i = 0; i < tile.rows; i++) {
        const at = b * v.rows + from + i;
        const sum = (sums.data[at] = products.data[b * tile.rows + i]);
        logs.data[at] = isSafe(sum)
          ? Math.log(sum) + context.maxima[b] + persona.maxima[i]
          : logSumExp(addRow(u, b, rowOf(tile, i), masked[b]));
      }
    }
  }
  const computed = (k: number): Float64Array =>
    shiftedExponentials({ data: v.row(k), rows: 1, cols: v.cols }).factors.data;
  const personaFactors = whole === undefined ? computed : (k: number): Float64Array => rowOf(whole, k);
  return { logs, contextFactors: context.factors, personaFactors, sums };
}

/** u_bj + v_kj for all j, −∞ where masked; N long. */
export function logitRow(
  logits: { readonly u: Matrix<Float64Array>; readonly v: PersonaLogits; readonly masked: Int32Array },
  b: number,
  k: number,
): Float64Array {
  return addRow(logits.u, b, logits.v.row(k), logits.masked[b]);
}

function addRow(u: Matrix<Float64Array>, b: number, v: Float64Array, masked: number): Float64Array {
  const row = u.data.slice(b * u.cols, (b + 1) * u.cols);
  for (let j = 0; j < row.length; j++) row[j] += v[j];
  if (masked >= 0) row[masked] = -Infinity;
  return row;
}

/** Rows less their maxima, exponentiated, and the maxima. */
export function shiftedExponentials(
  logits: Matrix<Float64Array>,
  masked?: Int32Array,
): { factors: Matrix<Float64Array>; maxima: Float64Array } {
  const { rows, cols } = logits;
  const factors = zeros(rows, cols);
  const maxima = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const start = i * cols;
    const out = masked?.[i] ?? -1;
    let largest = -Infinity;
    for (let j = 0; j < cols; j++) if (logits.data[start + j] > largest && j !== out) largest = logits.data[start + j];
    maxima[i] = largest;
    if (largest === -Infinity) continue; // the only exemplar is masked: every factor stays 0
    const row = rowOf(factors, i);
    row.set(rowOf(logits, i));
    expInPlace(row, largest);
    if (out >= 0) row[out] = 0;
  }
  return { factors, maxima };
}
