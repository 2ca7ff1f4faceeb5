import { multiply, rowOf, zeros } from '@mixture-of-personas/numeric';
import { omegaRow } from './draw.js';
import type { Mixture } from './mixture.js';
import { isSafe, normalisersOf } from './normalisers.js';

/** exp(entropy) of a distribution: how many equally likely outcomes it is worth, 1 … length. */
export function effectiveNumber(probabilities: ArrayLike<number>): number {
  let entropy = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if (probabilities[i] > 0) entropy -= probabilities[i] * Math.log(probabilities[i]);
  }
  return Math.exp(entropy);
}

/** Mean π over the contexts, K long. */
export function meanPersonas(mixture: Mixture): Float64Array {
  const { rows, cols } = mixture.logPersona;
  const mean = new Float64Array(cols);
  for (let b = 0; b < rows; b++)
    rowOf(mixture.logPersona, b).forEach((value, k) => (mean[k] += Math.exp(value) / rows));
  return mean;
}

/** Mean Σ_k π_bk Ω_bk· over the contexts, N long; one matrix product, and direct sums where a normaliser is tiny. */
export function meanExemplars(mixture: Mixture): Float64Array {
  const { logPersona, contextLogits, personaLogits, masked } = mixture;
  const { sums, contextFactors, personaFactors } = normalisersOf(contextLogits, personaLogits, masked);
  const shares = zeros(logPersona.rows, logPersona.cols);
  const mean = new Float64Array(contextLogits.cols);
  for (let b = 0; b < shares.rows; b++) {
    rowOf(logPersona, b).forEach((value, k) => {
      const at = b * shares.cols + k;
      const share = Math.exp(value) / shares.rows;
      if (isSafe(sums.data[at])) shares.data[at] = share / sums.data[at];
      else if (share > 0) omegaRow(mixture, b, k).forEach((omega, j) => (mean[j] += share * omega));
    });
  }
  const products = multiply(shares, personaFactors);
  for (let b = 0; b < shares.rows; b++) {
    const factors = rowOf(contextFactors, b);
    rowOf(products, b).forEach((value, j) => (mean[j] += value * factors[j]));
  }
  return mean;
}
