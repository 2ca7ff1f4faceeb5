import type { Matrix } from '@mixture-of-personas/numeric';
import type { PersonaLogits } from './persona-logits.js';

// B contexts, K personas, N exemplars; u = x·e (B × N), v = g·e (K × N), log π (B × K), log Z (B × K). All natural logarithms.

/** π and Ω of a batch in factorized form: log(π_bk Ω_bkj) = log π_bk + u_bj + v_kj − log Z_bk, so B × K × N is never stored. */
export interface Mixture {
  /** log π_bk, B × K. */
  readonly logPersona: Matrix<Float64Array>;
  /** u_bj = x_b·e_j, B × N. */
  readonly contextLogits: Matrix<Float64Array>;
  /** v_kj = g_k·e_j, K × N: whole where it is small, computed when asked for where it is not. */
  readonly personaLogits: PersonaLogits;
  /** log Z_bk = log Σ_j exp(u_bj + v_kj) over the exemplars that are not masked, B × K. */
  readonly logNormalizers: Matrix<Float64Array>;
  /** Exemplar left out for each context, or −1; B long. */
  readonly masked: Int32Array;
}

/** log(π_bk Ω_bkj), −∞ where exemplar j is masked for context b. */
export function logWeight(mixture: Mixture, b: number, k: number, j: number): number {
  if (mixture.masked[b] === j) return -Infinity;
  const personas = mixture.logPersona.cols;
  const exemplars = mixture.contextLogits.cols;
  return (
    mixture.logPersona.data[b * personas + k] +
    mixture.contextLogits.data[b * exemplars + j] +
    mixture.personaLogits.at(k, j) -
    mixture.logNormalizers.data[b * personas + k]
  );
}
