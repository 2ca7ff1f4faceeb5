import type { Group } from './parameters.js';

/** Steps of a fit, from coarse to fine; each step starts where the one that was kept before it ended. */
export type MixtureStepName =
  /** Equal weights; the temperatures alone. */
  | 'uniform'
  /** The biases of Eq. 2: weights that are the same for every input. */
  | 'biases'
  /** The scales of x·e, g·e and x·g beside them. */
  | 'scales'
  /** Low-rank matrices for the three products. */
  | 'matrices';

const TEMPERATURES: readonly Group[] = ['level', 'deviations'];
const BIASES: readonly Group[] = [...TEMPERATURES, 'personaBias', 'exemplarBias'];
const SCALES: readonly Group[] = [...BIASES, 'ge', 'xe', 'xg'];

/** The groups of parameters that a step moves. */
export const GROUPS: Readonly<Record<MixtureStepName, readonly Group[]>> = {
  uniform: TEMPERATURES,
  biases: BIASES,
  scales: SCALES,
  matrices: [...SCALES, 'Mge', 'Mxe', 'Mxg'],
};

/** Whether the gate of a step looks at its input. */
export function looks(step: MixtureStepName): boolean {
  return step === 'scales' || step === 'matrices';
}

/** A part of the training records left out. */
export interface Fold {
  readonly kept: readonly number[];
  readonly out: readonly number[];
}

/** Folds of cross-validation, in which each of the records is left out once. */
export function foldsOf(order: readonly number[], count: number): Fold[] {
  return Array.from({ length: count }, (_, f) => ({
    kept: order.filter((_, i) => i % count !== f),
    out: order.filter((_, i) => i % count === f),
  }));
}
