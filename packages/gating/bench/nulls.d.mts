import type { Gate, MixtureOptions, PairScorer, Population } from '@mixture-of-personas/gating';

export declare function nullPopulation(options: {
  readonly records: number;
  /** Further records that no gate is averaged over; the last rows. @defaultValue 0 */
  readonly heldOut?: number;
  readonly seed: number;
  readonly strength?: number;
}): { readonly population: Population; readonly score: PairScorer; readonly expected: (gate: Gate) => number };

/** Estimates, how many are beyond two standard errors, how many lie within two of the true gain, and their sum. */
interface Tally {
  readonly count: number;
  readonly beyond: number;
  readonly covered: number;
  readonly sum: number;
}

export declare function studyNulls(options: {
  readonly seeds: number;
  /** The first seed. @defaultValue 0 */
  readonly from?: number;
  readonly records: number;
  readonly strength: number;
  /** @defaultValue 100 */
  readonly heldOut?: number;
  readonly settings?: MixtureOptions;
}): Promise<{
  readonly seeds: number;
  readonly fitted: number;
  readonly worse: number;
  readonly meanTrueGain: number;
  readonly chosen: Tally;
  readonly printed: Tally;
  readonly anyBeyond: number;
}>;
