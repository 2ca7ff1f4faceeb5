import { drawIndex, rowOf, type Random } from '@mixture-of-personas/numeric';
import { sumOf } from '@mixture-of-personas/numeric/internal';
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
    const race = raceOf(mixture, b, randomOf(b));
    const weights: number[] = [];
    while (weights.length < count && !race.isOver()) {
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
function raceOf(mixture: Mixture, b: number, random: Random) {
  const ofPersona = rowOf(mixture.logPersona, b).map(Math.exp);
  const rows = new Map<number, Float64Array>();
  let [left, time] = [1, 0]; // probability of the pairs that have not finished
  return {
    isOver: (): boolean => left <= EXHAUSTED,
    next(): { persona: number; exemplar: number; weight: number } {
      time += -Math.log(1 - random()) / left;
      const persona = drawIndex(ofPersona, random);
      const row = rows.get(persona) ?? omegaRow(mixture, b, persona);
      if (!rows.has(persona)) {
        const share = Math.exp(mixture.logPersona.data[b * ofPersona.length + persona]);
        for (let j = 0; j < row.length; j++) row[j] *= share;
        rows.set(persona, row);
      }
      const exemplar = drawIndex(row, random);
      const weight = row[exemplar];
      row[exemplar] = 0;
      ofPersona[persona] = sumOf(row);
      left = sumOf(ofPersona);
      return { persona, exemplar, weight };
    },
    /** The time at which the next one would finish; ∞ when none is left. */
    finish: (): number => (left > EXHAUSTED ? time - Math.log(1 - random()) / left : Infinity),
  };
}
