import { effectiveNumber } from '@mixture-of-personas/gating';
import { rowOf, unitRows, type Matrix } from '@mixture-of-personas/numeric';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';

/** Whether the mixture uses what it has: figures of the fitted gate over the records it was fitted to. */
export interface GateDiagnostics {
  readonly personas: readonly PersonaFacts[];
  /** exp(entropy of the mean π), 1 … K. */
  readonly effectivePersonas: number;
  /** The persona that is the most probable one for the most records. */
  readonly leader: number;
  /** Share of records whose most probable persona is the leader, 0 … 1. */
  readonly leaderShare: number;
  /** Mean over the records of the largest π_k, 1/K … 1. */
  readonly meanLargest: number;
  /** Mean cosine of two different rows; null with fewer than two, or where the gate sees no such thing. */
  readonly cosines: {
    readonly personas: CosinePair;
    readonly inputs: CosinePair | null;
  };
}

/** Similarity of texts: as the encoder gives them, and as the gate sees them once their center is subtracted. */
export interface CosinePair {
  readonly encoded: number | null;
  readonly seen: number | null;
}

/** One persona of the mixture. */
export interface PersonaFacts {
  /** Mean π_k over the records. */
  readonly share: number;
  /** τ_k. */
  readonly temperature: number;
  /** Simulated texts drawn from it. */
  readonly texts: number;
}

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
  const units = unitRows(matrix);
  const sum = new Float64Array(units.cols);
  for (let i = 0; i < n; i++) {
    const row = rowOf(units, i);
    for (let j = 0; j < row.length; j++) sum[j]! += row[j]!;
  }
  const squared = sum.reduce((total, value) => total + value * value, 0);
  return Math.min(1, Math.max(-1, (squared - n) / (n * (n - 1))));
}
