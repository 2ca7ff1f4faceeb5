import { multiply, rowOf, zeros } from '@mixture-of-personas/numeric';
import { omegaRow } from './draw.js';
import type { Mixture } from './mixture.js';
import { isSafe, shiftedExponentials } from './normalizers.js';

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

/** Mean Σ_k π_bk Ω_bk· over the contexts, N long; one matrix product a tile of personas, and direct sums where a normalizer is tiny. */
export function meanExemplars(mixture: Mixture): Float64Array {
  const { logPersona, logNormalizers, contextLogits, personaLogits, masked } = mixture;
  const contexts = shiftedExponentials(contextLogits, masked);
  const mean = new Float64Array(contextLogits.cols);
  for (const { from, v } of personaLogits.tiles()) {
    const personas = shiftedExponentials(v);
    const shares = zeros(logPersona.rows, v.rows);
    for (let b = 0; b < shares.rows; b++) {
      for (let i = 0; i < v.rows; i++) {
        const at = b * logPersona.cols + from + i;
        const share = Math.exp(logPersona.data[at]) / shares.rows;
        const sum = Math.exp(logNormalizers.data[at] - contexts.maxima[b] - personas.maxima[i]);
        if (isSafe(sum)) shares.data[b * v.rows + i] = share / sum;
        else if (share > 0) omegaRow(mixture, b, from + i).forEach((omega, j) => (mean[j] += share * omega));
      }
    }
    const products = multiply(shares, personas.factors);
    for (let b = 0; b < shares.rows; b++) {
      for (let j = 0, at = b * mean.length; j < mean.length; j++, at++) {
        mean[j] += products.data[at] * contexts.factors.data[at];
      }
    }
  }
  return mean;
}
