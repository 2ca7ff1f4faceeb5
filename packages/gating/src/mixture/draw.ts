import { drawIndex, randomFor, rowOf, SettingError } from '@mixture-of-personas/numeric';
import type { Pair } from './gate.js';
import type { Mixture } from './mixture.js';

/** A drawn pair with the probabilities it was drawn with. */
export interface DrawnPair extends Pair {
  /** π_k, 0 … 1. */
  readonly personaProbability: number;
  /** Ω_kj, 0 … 1. */
  readonly exemplarProbability: number;
}

/** A persona with several exemplars, for a prompt that shows more than one. */
export interface DrawnPrompt {
  readonly persona: number;
  /** L different exemplars, in the order drawn. */
  readonly exemplars: readonly number[];
  /** π_k, 0 … 1. */
  readonly personaProbability: number;
  /** Probability of this ordered draw given the persona: Ω_kj₁ · Ω_kj₂ / (1 − Ω_kj₁) · …, 0 … 1. */
  readonly exemplarProbability: number;
}

/** The seed of a run, and the row of the text to be written. */
interface DrawOptions {
  readonly seed: number;
  readonly row: number;
}

/**
 * Draws k ~ Cat(π_b), then j ~ Cat(Ω_bk). Depends on (seed, row) and the context's own numbers alone: the same at any batch size and after a
 * resume.
 * @param mixture of any number of contexts
 * @param b the context, 0 … B−1
 */
export function drawPair(mixture: Mixture, b: number, options: DrawOptions): DrawnPair {
  const { exemplars, ...drawn } = drawPrompt(mixture, b, { ...options, perPrompt: 1 });
  return { ...drawn, exemplar: exemplars[0] };
}

/**
 * Draws k ~ Cat(π_b), then L exemplars from Ω_bk without replacement, one after the other; with L = 1 the pair of `drawPair`.
 * `perPrompt` is L, from 1 to the number of exemplars that are not masked.
 * @throws SettingError when there are fewer exemplars to draw
 */
export function drawPrompt(
  mixture: Mixture,
  b: number,
  { seed, row, perPrompt }: DrawOptions & { readonly perPrompt: number },
): DrawnPrompt {
  const random = randomFor(seed, 'pair', row);
  const personas = rowOf(mixture.logPersona, b).map(Math.exp);
  const persona = drawIndex(personas, random);
  const left = omegaRow(mixture, b, persona);
  const available = left.reduce((count, omega) => count + (omega > 0 ? 1 : 0), 0);
  if (!Number.isInteger(perPrompt) || perPrompt < 1 || perPrompt > available) {
    throw new SettingError('drawPrompt', 'perPrompt', `an integer from 1 to ${available}`, perPrompt);
  }
  const exemplars: number[] = [];
  let [mass, exemplarProbability] = [1, 1];
  while (exemplars.length < perPrompt) {
    const exemplar = drawIndex(left, random);
    exemplars.push(exemplar);
    exemplarProbability *= left[exemplar] / mass;
    left[exemplar] = 0;
    mass = left.reduce((sum, omega) => sum + omega, 0);
  }
  return { persona, exemplars, personaProbability: personas[persona], exemplarProbability };
}

/** Ω_bk·, N long, from the factorized form; 0 where masked. */
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
