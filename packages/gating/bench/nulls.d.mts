import type { Gate, PairScorer, Population } from '@mixture-of-personas/gating';

export declare function nullPopulation(options: {
  readonly records: number;
  /** Further records that no gate is averaged over; the last rows. @defaultValue 0 */
  readonly heldOut?: number;
  readonly seed: number;
  readonly strength?: number;
}): { readonly population: Population; readonly score: PairScorer; readonly expected: (gate: Gate) => number };
