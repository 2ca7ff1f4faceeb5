import {
  effectiveNumber,
  exemplarProbabilities,
  personaProbabilities,
  project,
  type Gate,
  type Population,
} from '@mixture-of-personas/gating';
import { rowOf, takeRows } from '@mixture-of-personas/numeric';
import type { Persona, PopulationRecord } from '@mixture-of-personas/synthesis';
import { z } from 'zod';
import { recordGroups } from './record-groups.js';
import { rowsFrom } from './rows.js';
import { list } from './schema.js';

const shiftedText = z.object({
  id: z.string(),
  text: z.string(),
  context: z.string().nullable(),
  /** Mean weight, 0 … 1; equal weights give each 1/count. */
  weight: z.number(),
});

const shiftOfKind = z.object({
  count: z.number(),
  /** exp(entropy of the mean weights), 1 … count; `count` with equal weights. */
  effective: z.number(),
  /** Largest weight first; each weighs more than with equal weights. */
  gained: list(shiftedText),
  /** Smallest weight first; each weighs less than with equal weights. */
  lost: list(shiftedText),
});

const groupShift = z.object({ name: z.string(), equal: z.number(), weight: z.number() });

/** Weights under the gate against equal weights: the result of the fit, in the texts' own words. */
export const weightShiftSchema = z.object({
  /** Training records that the weights are averaged over. */
  records: z.number(),
  personas: shiftOfKind,
  exemplars: shiftOfKind,
  /** Weight of the exemplars by what they have in common, such as the decade; null where they share nothing. */
  groups: z.object({ over: z.string(), rows: list(groupShift) }).nullable(),
});

/** A persona or an exemplar, and its mean weight. */
export type ShiftedText = z.infer<typeof shiftedText>;

/** Gains and losses of weight among personas or exemplars. */
export type ShiftOfKind = z.infer<typeof shiftOfKind>;

/** Exemplars of one group: their number as a share, which is their weight with equal weights, and their weight. */
export type GroupShift = z.infer<typeof groupShift>;

/** Weights under the gate against equal weights. */
export type WeightShift = z.infer<typeof weightShiftSchema>;

/** Texts listed on each side. */
const LISTED = 5;
/** Records averaged over at most: the weights of a thousand tell what those of a million do. */
const MOST_RECORDS = 1000;

interface ShiftInput {
  readonly gate: Gate;
  readonly population: Population;
  /** Rows of the training records; the first 1,000, which are in random order, are averaged over. */
  readonly training: Int32Array;
  readonly personas: readonly Persona[];
  readonly exemplars: readonly PopulationRecord[];
  /** Whether the record's own exemplar is left out, as in the simulation. */
  readonly masked: boolean;
}

/** Mean weights of personas (π) and exemplars (Σ_k π_k Ω_kj) over training records, against equal weights. */
export function weightShift({ personas, exemplars, ...input }: ShiftInput): WeightShift {
  const { mean, rows } = meanWeights(input);
  const groups = recordGroups(exemplars);
  const shares = groups.names.map((name) => ({ name, equal: 0, weight: 0 }));
  exemplars.forEach((_, j) => {
    const share = shares[groups.of[j]!]!;
    share.equal += 1 / exemplars.length;
    share.weight += mean.exemplars[j]!;
  });
  const described = personas.map(({ id, persona }) => ({ id, text: persona, context: null }));
  const shown = exemplars.map(({ id, text, context = null }) => ({ id, text, context }));
  return {
    records: rows,
    personas: shiftOf(mean.personas, described),
    exemplars: shiftOf(mean.exemplars, shown),
    groups: groups.over === 'nothing' ? null : { over: groups.over, rows: shares.filter(({ equal }) => equal > 0) },
  };
}

function meanWeights({ gate, population, training, masked }: Omit<ShiftInput, 'personas' | 'exemplars'>): {
  readonly mean: Readonly<Record<'personas' | 'exemplars', Float64Array>>;
  readonly rows: number;
} {
  const rows = training.subarray(0, MOST_RECORDS);
  const x = project(gate.inputWeights, takeRows(population.records, rows), gate.inputBias);
  const g = project(gate.personaWeights, population.personas, gate.personaBias);
  const e = project(gate.exemplarWeights, population.exemplars, gate.exemplarBias);
  const pi = personaProbabilities(x, g);
  const mean = { personas: new Float64Array(g.rows), exemplars: new Float64Array(e.rows) };
  for (let b = 0; b < rows.length; b++) {
    const own = masked ? { masked: [population.ownExemplar?.[rows[b]!] ?? -1] } : {};
    const omega = exemplarProbabilities(rowsFrom(x, b, 1), g, e, own);
    for (let k = 0; k < g.rows; k++) {
      const weight = rowOf(pi, b)[k]! / rows.length;
      mean.personas[k]! += weight;
      rowOf(omega, k).forEach((share, j) => (mean.exemplars[j]! += weight * share));
    }
  }
  return { mean, rows: rows.length };
}

function shiftOf(weights: Float64Array, texts: readonly Omit<ShiftedText, 'weight'>[]): ShiftOfKind {
  const sorted = texts
    .map((text, i) => ({ ...text, weight: weights[i]! }))
    .sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1));
  // What differs by rounding alone has not moved.
  const by = (side: 1 | -1) => (one: ShiftedText) => side * (one.weight * texts.length - 1) > 1e-6;
  return {
    count: texts.length,
    effective: effectiveNumber(weights),
    gained: sorted.filter(by(1)).slice(0, LISTED),
    lost: sorted.reverse().filter(by(-1)).slice(0, LISTED),
  };
}
