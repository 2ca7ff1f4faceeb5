import { drawIndex, randomFor, rowOf } from '@mixture-of-personas/numeric';
import type { Pair } from './gate.js';
import type { Mixture } from './mixture.js';

/** A drawn pair with the probabilities it was drawn with. */
export interface DrawnPair extends Pair {
  /** π_k, 0 … 1. */
  readonly personaProbability: number;
  /** Ω_kj, 0 … 1. */
  readonly exemplarProbability: number;
}

/**
 * Draws k ~ Cat(π_b), then j ~ Cat(Ω_bk). Depends on (seed, row) and the context's own numbers alone: the same at any batch size and after a
 * resume.
 * @param mixture of any number of contexts
 * @param b the context, 0 … B−1
 * @param options seed of the run and row of the text to be written
 */
export function drawPair(
  mixture: Mixture,
  b: number,
  options: { readonly seed: number; readonly row: number },
): DrawnPair {
  const random = randomFor(options.seed, 'pair', options.row);
  const personas = rowOf(mixture.logPersona, b).map(Math.exp);
  const persona = drawIndex(personas, random);
  const exemplars = omegaRow(mixture, b, persona);
  const exemplar = drawIndex(exemplars, random);
  return {
    persona,
    exemplar,
    personaProbability: personas[persona],
    exemplarProbability: exemplars[exemplar],
  };
}

/** Ω_bk·, N long, from the factorised form; 0 where masked. */
export function omegaRow(mixture: Mixture, b: number, k: number): Float64Array {
  const logPersona = mixture.logPersona.data[b * mixture.logPersona.cols + k];
  const { cols } = mixture.contextLogits;
  const u = mixture.contextLogits.data;
  const v = mixture.personaLogits.row(k);
  const logNormalizer = mixture.logNormalizers.data[b * mixture.logPersona.cols + k];
  const row = new Float64Array(cols);
  for (let j = 0, at = b * cols; j < cols; j++, at++) {
    row[j] = Math.exp(logPersona + u[at] + v[j] - logNormalizer - logPersona); // the order of logWeight(), to the last bit
  }
  if (mixture.masked[b] >= 0) row[mixture.masked[b]] = 0;
  return row;
}
