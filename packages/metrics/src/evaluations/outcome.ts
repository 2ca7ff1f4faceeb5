import type { IntervalMethod } from '../bootstrap.js';
import type { SettingValue } from '../figure.js';
import type { ReadySets } from './ready-sets.js';

/** Values on resampled rows, and what to make of them. */
export interface Resampler {
  readonly method: IntervalMethod;
  /** What is resampled, for a person: `rows of both sets`. */
  readonly over: string;
  /** The figure on resample `index`. */
  readonly sample: (index: number) => number;
  /** Fewer resamples than asked for where each costs much. */
  readonly atMost?: number;
}

/** A figure before its interval and floor. */
export interface Outcome {
  readonly value: number;
  readonly parts?: Readonly<Record<string, number>>;
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly warnings?: readonly string[];
  readonly resampler?: Resampler;
  /** Standard error where one is known without resampling. */
  readonly standardError?: { readonly value: number; readonly method: string };
}

/** One metric: from two sets to an outcome. Resampling is left to who wants an interval. */
export type Computation = (sets: ReadySets) => Outcome;
