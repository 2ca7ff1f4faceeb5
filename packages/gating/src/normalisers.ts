import { expInPlace, logSumExp, multiplyByTranspose, rowOf, zeros, type Matrix } from '@mixture-of-personas/numeric';

// u = x·e (B × N), v = g·e (K × N); Z_bk = Σ_j exp(u_bj + v_kj) = exp(max u_b + max v_k) Σ_j exp(u_bj − max) exp(v_kj − max).

/**
 * A factor below about 1e-308 becomes 0, so the sum carries an absolute error of at most N · 1e-308. Above this bound that is nothing beside
 * rounding; below it (the two maxima sit at different exemplars) the sum is taken again, directly.
 */
const TINY = 1e-280;

/** exp(u − max) and exp(v − max) with their normalisers. */
export interface Normalisers {
  /** log Z, B × K. */
  readonly logs: Matrix<Float64Array>;
  /** exp(u_bj − max_j u_b), B × N, 0 where masked. */
  readonly contextFactors: Matrix<Float64Array>;
  /** exp(v_kj − max_j v_k), K × N. */
  readonly personaFactors: Matrix<Float64Array>;
  /** Σ_j of their products, B × K: what is below `TINY` has been replaced in `logs` by a direct log-sum-exp. */
  readonly sums: Matrix<Float64Array>;
}

/** Whether Ω_bk· may be taken as a product of factors over the sum. */
export function isSafe(sum: number): boolean {
  return sum > TINY;
}

/**
 * All K × N normalisers of a batch from one matrix product, in float64, with the direct log-sum-exp where the product underflows.
 * @param u B × N
 * @param v K × N
 * @param masked exemplar to leave out of row b, or −1
 */
export function normalisersOf(u: Matrix<Float64Array>, v: Matrix<Float64Array>, masked: Int32Array): Normalisers {
  const context = shiftedExponentials(u, masked);
  const persona = shiftedExponentials(v);
  const sums = multiplyByTranspose(context.factors, persona.factors);
  const logs = zeros(u.rows, v.rows);
  for (let b = 0; b < u.rows; b++) {
    for (let k = 0; k < v.rows; k++) {
      const at = b * v.rows + k;
      logs.data[at] = isSafe(sums.data[at])
        ? Math.log(sums.data[at]) + context.maxima[b] + persona.maxima[k]
        : logSumExp(logitRow({ u, v, masked }, b, k));
    }
  }
  return { logs, contextFactors: context.factors, personaFactors: persona.factors, sums };
}

/** u_bj + v_kj for all j, −∞ where masked; N long. */
export function logitRow(
  logits: { readonly u: Matrix<Float64Array>; readonly v: Matrix<Float64Array>; readonly masked: Int32Array },
  b: number,
  k: number,
): Float64Array {
  const n = logits.u.cols;
  const row = new Float64Array(n);
  for (let j = 0; j < n; j++) row[j] = logits.u.data[b * n + j] + logits.v.data[k * n + j];
  if (logits.masked[b] >= 0) row[logits.masked[b]] = -Infinity;
  return row;
}

function shiftedExponentials(
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
