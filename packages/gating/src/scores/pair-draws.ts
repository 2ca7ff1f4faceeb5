import { drawIndex, rowOf, type Random } from '@mixture-of-personas/numeric';
import type { Mixture } from '../mixture/mixture.js';
import { emptyPairTable, prepareFrom, type PairTable } from './pair-table.js';
import { omegaRow } from '../mixture/draw.js';

/** Mass below which nothing is left to draw: rounding of a row that sums to 1. */
const EXHAUSTED = 1e-13;

/**
 * M pairs a context drawn without replacement from π Ω (the distribution of Gumbel-top-M), each with the log of its importance 1/q, so that
 * Σ (1/q) π Ω p over the row is an unbiased estimate of Σ π Ω p over all pairs (Kool, van Hoof & Welling 2019, §4.1).
 *
 * Drawn as an exponential race, which needs no B × K × N Gumbel numbers: pair s finishes at time T_s ~ Exp(w_s); the first M to finish are the
 * sample, and given the (M+1)-th time t each pair of the sample was in it with probability q_s = 1 − exp(−w_s t).
 * @param mixture of B contexts
 * @param count M, ≥ 1
 * @param randomOf the stream of context b
 */
export function drawPairs(mixture: Mixture, count: number, randomOf: (b: number) => Random): PairTable {
  const table = emptyPairTable(mixture.logPersona.rows, count);
  const logImportance = new Float64Array(table.personas.length);
  const likely = likelyPersonas(mixture, count, randomOf);
  for (let b = 0; b < table.rows; b++) {
    prepareFrom(mixture, likely, b);
    const race = new Race(mixture, b, randomOf(b));
    const weights: number[] = [];
    while (weights.length < count && race.left > EXHAUSTED) {
      const at = b * count + weights.length;
      const { persona, exemplar, weight } = race.next();
      table.personas[at] = persona;
      table.exemplars[at] = exemplar;
      table.logWeights[at] = Math.log(weight);
      weights.push(weight);
    }
    const end = race.finish();
    weights.forEach((weight, m) => {
      logImportance[b * count + m] = -Math.log(-Math.expm1(-weight * end));
    });
  }
  return { ...table, logImportance };
}

/**
 * The personas that the draws will most likely ask for, so that their logits are computed together: those that the same random numbers would pick if
 * pairs were not taken away. Which pairs are drawn does not depend on it.
 */
function likelyPersonas(mixture: Mixture, count: number, randomOf: (b: number) => Random): PairTable {
  const table = emptyPairTable(mixture.logPersona.rows, count);
  if (mixture.personaLogits.capacity >= mixture.personaLogits.rows) return table;
  for (let b = 0; b < table.rows; b++) {
    const random = randomOf(b);
    const weights = rowOf(mixture.logPersona, b).map(Math.exp);
    for (let m = 0; m < count; m++) {
      random(); // the time
      table.personas[b * count + m] = drawIndex(weights, random);
      random(); // the exemplar
    }
  }
  return table;
}

/** The pairs of one context finishing one after the other. */
class Race {
  /** Probability of the pairs that have not finished. */
  left = 1;
  private time = 0;
  private readonly ofPersona: Float64Array;
  private readonly rows = new Map<number, Float64Array>();
  private readonly mixture: Mixture;
  private readonly b: number;
  private readonly random: Random;

  constructor(mixture: Mixture, b: number, random: Random) {
    this.mixture = mixture;
    this.b = b;
    this.random = random;
    this.ofPersona = rowOf(mixture.logPersona, b).map(Math.exp);
  }

  next(): { persona: number; exemplar: number; weight: number } {
    this.time += -Math.log(1 - this.random()) / this.left;
    const persona = this.pick(this.ofPersona);
    let row = this.rows.get(persona);
    if (row === undefined) {
      const logPersona = this.mixture.logPersona.data[this.b * this.mixture.logPersona.cols + persona];
      const share = Math.exp(logPersona);
      row = omegaRow(this.mixture, this.b, persona);
      for (let j = 0; j < row.length; j++) row[j] *= share;
      this.rows.set(persona, row);
    }
    const exemplar = this.pick(row);
    const weight = row[exemplar];
    row[exemplar] = 0;
    this.ofPersona[persona] = row.reduce((sum, value) => sum + value, 0);
    this.left = this.ofPersona.reduce((sum, value) => sum + value, 0);
    return { persona, exemplar, weight };
  }

  /** The time at which the next one would finish; ∞ when none is left. */
  finish(): number {
    return this.left > EXHAUSTED ? this.time - Math.log(1 - this.random()) / this.left : Infinity;
  }

  private pick(weights: Float64Array): number {
    let left = this.random() * weights.reduce((sum, value) => sum + value, 0);
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] <= 0) continue;
      last = i;
      left -= weights[i];
      if (left < 0) break;
    }
    return last;
  }
}
