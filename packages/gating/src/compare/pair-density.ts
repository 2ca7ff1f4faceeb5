import { drawIndex, logSumExp, rowOf, takeRows, zeros, type Random } from '@mixture-of-personas/numeric';
import { omegaRow } from '../mixture/draw.js';
import type { Gate, Pair } from '../mixture/gate.js';
import { mixtureOf } from '../backends/gradient.js';
import { logWeight, type Mixture } from '../mixture/mixture.js';
import { HELD_LOGITS } from '../mixture/persona-logits.js';
import type { Population } from '../mixture/population.js';

/** The distribution of pairs that one mixture gives to one record. */
export interface PairDensity {
  /** log of the pair's probability, −∞ if it cannot be drawn. */
  logWeight(pair: Pair): number;
  /** Makes the log-weights of these pairs ready together, where one by one would cost much more. */
  prepare(pairs: readonly Pair[]): void;
  /** A pair from three uniform numbers in [0, 1): which context (marginal only), which persona, which exemplar. */
  draw(uniforms: readonly [number, number, number]): Pair;
}

/** The densities of one mixture for the records at the given positions. */
export type DensityOf = (position: number) => PairDensity;

/** π and Ω of a gate for the given rows of the population, own exemplars masked. */
export function mixtureOfRecords(gate: Gate, population: Population, rows: ArrayLike<number>): Mixture {
  const own = population.ownExemplar;
  return mixtureOf(
    gate,
    {
      contexts: takeRows(population.records, rows),
      personas: population.personas,
      exemplars: population.exemplars,
      masked: own && Array.from(rows, (row) => own[row]),
    },
    { precision: 'float32' },
  );
}

/** The gate's pairs given each record's own context. */
export function conditionalDensity(mixture: Mixture): DensityOf {
  return (position) => contextDensity(mixture, position);
}

/**
 * The gate's pairs given each record's own context, worked out for some records at a time, so that memory does not grow with their number:
 * ask for positions in order, and for one as long as its density is used.
 * @param held numbers of x·e that may be held at once
 */
export function recordDensities(
  gate: Gate,
  population: Population,
  rows: readonly number[],
  held: number = HELD_LOGITS,
): DensityOf {
  const block = Math.max(1, Math.floor(held / population.exemplars.rows));
  let current: { readonly from: number; readonly densityOf: DensityOf } | undefined;
  return (position) => {
    const from = position - (position % block);
    if (current?.from !== from) {
      current = undefined; // its memory is free before the next is made
      const mixture = mixtureOfRecords(gate, population, rows.slice(from, from + block));
      current = { from, densityOf: conditionalDensity(mixture) };
    }
    return current.densityOf(position - from);
  };
}

/** The gate's pairs with the context averaged over all of the mixture's: one density for every record. */
export function marginalDensity(mixture: Mixture): DensityOf {
  const contexts = mixture.logPersona.rows;
  const density: PairDensity = {
    logWeight: (pair) =>
      logSumExp(Float64Array.from({ length: contexts }, (_, b) => logWeight(mixture, b, pair.persona, pair.exemplar))) -
      Math.log(contexts),
    prepare: (pairs) => prepareIn(mixture, pairs),
    draw: (uniforms) => contextDensity(mixture, Math.floor(uniforms[0] * contexts)).draw(uniforms),
  };
  return () => density;
}

/** All mass on one pair. */
export function singlePair(only: Pair): PairDensity {
  return {
    logWeight: ({ persona, exemplar }) => (persona === only.persona && exemplar === only.exemplar ? 0 : -Infinity),
    prepare: () => undefined,
    draw: () => only,
  };
}

function contextDensity(mixture: Mixture, b: number): PairDensity {
  return {
    logWeight: ({ persona, exemplar }) => logWeight(mixture, b, persona, exemplar),
    prepare: (pairs) => prepareIn(mixture, pairs),
    draw: ([, first, second]) => {
      const persona = drawIndex(rowOf(mixture.logPersona, b).map(Math.exp), constant(first));
      return { persona, exemplar: drawIndex(omegaRow(mixture, b, persona), constant(second)) };
    },
  };
}

function prepareIn({ personaLogits }: Mixture, pairs: readonly Pair[]): void {
  personaLogits.prepare(pairs.map(({ persona }) => persona));
}

function constant(value: number): Random {
  return () => value;
}

/** log-weights of a list of pairs under several densities, one row a density. */
export function logWeightsUnder(densities: readonly PairDensity[], pairs: readonly Pair[]): ReturnType<typeof zeros> {
  const table = zeros(densities.length, pairs.length);
  densities.forEach((density, c) => {
    density.prepare(pairs);
    pairs.forEach((pair, s) => (rowOf(table, c)[s] = density.logWeight(pair)));
  });
  return table;
}
