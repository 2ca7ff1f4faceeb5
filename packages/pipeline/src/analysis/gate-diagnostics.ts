import { effectiveNumber } from '@mixture-of-personas/gating';
import { rowOf, unitRows, type Matrix } from '@mixture-of-personas/numeric';
import { columnSums, dot } from '@mixture-of-personas/numeric/internal';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { z } from 'zod';
import { list } from './schema.js';

const personaFacts = z.object({
  /** Mean π_k over the records. */
  share: z.number(),
  /** τ_k. */
  temperature: z.number(),
  /** Simulated texts drawn from it. */
  texts: z.number(),
});

const cosinePair = z.object({ encoded: z.number().nullable(), seen: z.number().nullable() });

/** Whether the mixture uses what it has: figures of the fitted gate over the records it was fitted to. */
export const gateDiagnosticsSchema = z.object({
  personas: list(personaFacts),
  /** exp(entropy of the mean π), 1 … K. */
  effectivePersonas: z.number(),
  /** The persona that is the most probable one for the most records. */
  leader: z.number(),
  /** Share of records whose most probable persona is the leader, 0 … 1. */
  leaderShare: z.number(),
  /** Mean over the records of the largest π_k, 1/K … 1. */
  meanLargest: z.number(),
  /** Mean cosine of two different rows; null with fewer than two, or where the gate sees no such thing. */
  cosines: z.object({ personas: cosinePair, inputs: cosinePair.nullable() }),
});

/** Similarity of texts: as the encoder gives them, and as the gate sees them once their center is subtracted. */
export type CosinePair = z.infer<typeof cosinePair>;

/** Figures of the fitted gate. */
export type GateDiagnostics = z.infer<typeof gateDiagnosticsSchema>;

/** Inputs of the diagnostics. */
export interface DiagnosticsInput {
  /** π of the records, n × K. */
  readonly probabilities: Matrix;
  readonly temperatures: ArrayLike<number>;
  /** Ids of the personas, in the order of π's columns. */
  readonly ids: readonly string[];
  readonly rows: readonly SyntheticRow[];
  readonly personas: { readonly encoded: Matrix; readonly seen: Matrix };
  /** Null when the gate sees nothing of a record. */
  readonly inputs: { readonly encoded: Matrix; readonly seen: Matrix } | null;
}

/** The figures of a fitted gate. */
export function gateDiagnostics(input: DiagnosticsInput): GateDiagnostics {
  const { probabilities, temperatures, ids, rows, personas, inputs } = input;
  const mean = new Float64Array(probabilities.cols);
  const leads = new Float64Array(probabilities.cols);
  let meanLargest = 0;
  for (let i = 0; i < probabilities.rows; i++) {
    const row = rowOf(probabilities, i);
    let best = 0;
    for (let k = 0; k < row.length; k++) {
      mean[k]! += row[k]! / probabilities.rows;
      if (row[k]! > row[best]!) best = k;
    }
    leads[best]! += 1;
    meanLargest += row[best]! / probabilities.rows;
  }
  const leader = leads.indexOf(Math.max(...leads));
  const drawn = new Map<string, number>();
  for (const { personaId } of rows) drawn.set(personaId, (drawn.get(personaId) ?? 0) + 1);
  const cosinesOf = (kind: { encoded: Matrix; seen: Matrix }): CosinePair => ({
    encoded: meanPairwiseCosine(kind.encoded),
    seen: meanPairwiseCosine(kind.seen),
  });
  return {
    personas: ids.map((id, k) => ({ share: mean[k]!, temperature: temperatures[k]!, texts: drawn.get(id) ?? 0 })),
    effectivePersonas: effectiveNumber(mean),
    leader,
    leaderShare: leads[leader]! / probabilities.rows,
    meanLargest,
    cosines: { personas: cosinesOf(personas), inputs: inputs === null ? null : cosinesOf(inputs) },
  };
}

/**
 * Mean cosine over all pairs of different rows, from the length of their mean: (|Σ u|² − n) / (n (n − 1)) for unit rows u.
 * @returns null with fewer than two rows
 */
export function meanPairwiseCosine(matrix: Matrix): number | null {
  const n = matrix.rows;
  if (n < 2) return null;
  const sum = columnSums(unitRows(matrix));
  const squared = dot(sum, sum);
  return Math.min(1, Math.max(-1, (squared - n) / (n * (n - 1))));
}
