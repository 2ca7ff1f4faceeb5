import type { Mixture } from '../mixture/mixture.js';

/**
 * M pairs for each of B contexts: entry b·M + m is a pair of context b. Where a context has fewer than M pairs to offer, the rest of its
 * row has persona −1 and logWeight −∞.
 */
export interface PairTable {
  /** B. */
  readonly rows: number;
  /** M. */
  readonly perRow: number;
  readonly personas: Int32Array;
  readonly exemplars: Int32Array;
  /** log(π_k Ω_kj), or what stood there when the pairs were chosen. */
  readonly logWeights: Float64Array;
  /**
   * −log of the probability with which the pair came into the table, given that it was drawn; added to the log-weight it makes the sum
   * over the row an unbiased estimate of the sum over all pairs. Absent: the pairs were chosen, not drawn.
   */
  readonly logImportance?: Float64Array;
}

/** Makes the persona logits ready of the contexts that follow, b included, as many as there is room for: called with every b, in order. */
export function prepareFrom({ personaLogits }: Mixture, { rows, perRow, personas }: PairTable, b: number): void {
  const block = Math.max(1, Math.floor(personaLogits.capacity / perRow));
  if (b % block > 0) return;
  personaLogits.prepare(personas.subarray(b * perRow, Math.min(rows, b + block) * perRow).filter((k) => k >= 0));
}

/** An empty table: no context has a pair yet. */
export function emptyPairTable(rows: number, perRow: number): PairTable {
  return {
    rows,
    perRow,
    personas: new Int32Array(rows * perRow).fill(-1),
    exemplars: new Int32Array(rows * perRow).fill(-1),
    logWeights: new Float64Array(rows * perRow).fill(-Infinity),
  };
}
