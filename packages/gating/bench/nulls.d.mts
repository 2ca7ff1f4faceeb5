import type { Gate, PairScorer, Population } from '@mixture-of-personas/gating';

export declare function nullPopulation(options: {
  readonly records: number;
  readonly seed: number;
  readonly strength?: number;
}): { readonly population: Population; readonly score: PairScorer; readonly expected: (gate: Gate) => number };
