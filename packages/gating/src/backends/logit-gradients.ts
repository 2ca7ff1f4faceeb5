import { rowOf, softmaxInPlace, zeros, type Matrix } from '@mixture-of-personas/numeric';
import type { Mixture } from '../mixture/mixture.js';
import { isSafe, logitRow, type Normalizers } from '../mixture/normalizers.js';
import { prepareFrom, type PairTable } from '../scores/pair-table.js';

// S = x·g (B × K), u = x·e (B × N), v = g·e (K × N); R_bk = Σ of the responsibilities of b's pairs with persona k; L = −mean ℓ.
//   dL/dS_bk = −(R_bk − R_b π_bk) / B with R_b = Σ_k R_bk (1 for responsibilities, 0 for weights that are renormalized over the pairs)
//   dL/du_bj = −(Σ r of b's pairs with exemplar j − Σ_k R_bk Ω_bkj) / B
//   dL/dv_kj = −Σ_b (Σ r of b's pair (k, j) − R_bk Ω_bkj) / B
// R has at most M entries a row, so Ω is only ever needed in B·M rows, and dL/dv is 0 for every persona that no pair has.

/** Gradients of −mean_b Σ_m share_bm log ω_bm in the three kinds of logits; of −mean ℓ where the shares are the responsibilities. */
export interface LogitGradients {
  /** In S, B × K. */
  readonly dS: Matrix<Float64Array>;
  /** In u (rows 0 … B−1) and, below it, in v for the personas of `used`: (B + used) × N. */
  readonly dY: Matrix<Float64Array>;
  /** The personas that some pair has, ascending. */
  readonly used: Int32Array;
}

/** The gradients above for the pairs given, with a share for each (any sign, B × M). */
export function logitGradients(
  mixture: Mixture,
  normalizers: Normalizers,
  pairs: PairTable,
  shares: Matrix<Float64Array>,
): LogitGradients {
  const [contexts, personas, exemplars] = [pairs.rows, mixture.logPersona.cols, mixture.contextLogits.cols];
  const used = Int32Array.from(new Set(pairs.personas.filter((k) => k >= 0))).sort();
  const rowOfPersona = new Int32Array(personas);
  used.forEach((k, i) => (rowOfPersona[k] = contexts + i));
  const dS = zeros(contexts, personas);
  const dY = zeros(contexts + used.length, exemplars);
  for (let b = 0; b < contexts; b++) {
    prepareFrom(mixture, pairs, b);
    const ofPersona = rowOf(dS, b); // R_bk until π is subtracted below
    let total = 0;
    for (let at = b * pairs.perRow; at < (b + 1) * pairs.perRow; at++) {
      const [k, j] = [pairs.personas[at], pairs.exemplars[at]];
      if (k < 0) continue;
      const share = shares.data[at] / contexts;
      total += share;
      ofPersona[k] += share;
      dY.data[b * exemplars + j] -= share;
      dY.data[rowOfPersona[k] * exemplars + j] -= share;
    }
    for (let k = 0; k < personas; k++) {
      const share = ofPersona[k];
      if (share !== 0) addOmega({ mixture, normalizers, b, k }, share, rowOf(dY, b), rowOf(dY, rowOfPersona[k]));
      ofPersona[k] = total * Math.exp(mixture.logPersona.data[b * personas + k]) - share;
    }
  }
  return { dS, dY, used };
}

/** Adds share · Ω_bk to both rows, from the factors where their sum is safe, else from a direct softmax. */
function addOmega(
  { mixture, normalizers, b, k }: { mixture: Mixture; normalizers: Normalizers; b: number; k: number },
  share: number,
  toContext: Float64Array,
  toPersona: Float64Array,
): void {
  const sum = normalizers.sums.data[b * normalizers.sums.cols + k];
  if (!isSafe(sum)) {
    const omega = logitRow({ u: mixture.contextLogits, v: mixture.personaLogits, masked: mixture.masked }, b, k);
    softmaxInPlace(omega);
    for (let j = 0; j < omega.length; j++) {
      toContext[j] += share * omega[j];
      toPersona[j] += share * omega[j];
    }
    return;
  }
  const left = rowOf(normalizers.contextFactors, b);
  const right = normalizers.personaFactors(k);
  const scale = share / sum;
  for (let j = 0; j < left.length; j++) {
    const amount = scale * left[j] * right[j];
    toContext[j] += amount;
    toPersona[j] += amount;
  }
}
