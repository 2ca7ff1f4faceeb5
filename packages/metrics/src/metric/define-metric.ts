import type { SettingValue } from './metric-value.js';
import type { ReadySets } from './ready-sets.js';

/** Facts of a metric. The warnings of an evaluation follow from the first five; the others are for tables of metrics. */
export interface MetricFacts {
  readonly title: string;
  /** Which way is better; `target` means close to golden's own value (or to the stated number). */
  readonly better: 'lower' | 'higher' | 'target';
  readonly range: readonly [number, number];
  /** Data that both sets must have. */
  readonly needs: 'embeddings' | 'texts' | 'labels' | 'embeddings and labels';
  /** Whether it compares two sets or describes synthetic alone; a floor of the latter is golden's own value. */
  readonly of: 'two sets' | 'synthetic';
  /** Exported functions that compute it. */
  readonly functions?: readonly string[];
  readonly formula?: string;
  readonly source?: string;
  /** Time on one core at n 5,000, d 384, then what an interval adds. */
  readonly cost?: string;
}

/** The values of a metric on resampled sets, and the interval that they give. */
export interface Resampling {
  /** Names the interval and what is resampled: `percentile bootstrap over rows of golden`. */
  readonly method: string;
  /** Number of values that `interval` wants when so many resamples were asked for. */
  readonly count: (resamples: number) => number;
  /** The metric on resample `index` of `samples`. */
  readonly sample: (index: number, samples: number) => number;
  /** Ends of the interval of `value`. */
  readonly interval: (value: number, samples: Float64Array, confidence: number) => [number, number];
}

/** A metric before its interval and floor. */
export interface Computed {
  readonly value: number;
  readonly parts?: Readonly<Record<string, number>>;
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly warnings?: readonly string[];
}

/** Definition that `defineMetric` takes. `State` is what `compute` leaves for `resample`. */
export interface MetricDefinition<Name extends string, State> {
  /** The name in `evaluateSets` and `mop evaluate --metrics`. */
  readonly name: Name;
  readonly facts: MetricFacts;
  readonly compute: (sets: ReadySets) => Computed & { readonly state: State };
  /** Undefined for an outcome without an interval. */
  readonly resample: (state: State, sets: ReadySets, value: number) => Resampling | undefined;
}

/** A metric as the registry holds it. */
export interface Metric<Name extends string = string> {
  readonly name: Name;
  readonly facts: MetricFacts;
  /** Computes the value; nothing is resampled before `resampling` is called. */
  readonly compute: (sets: ReadySets) => Computed & { readonly resampling: () => Resampling | undefined };
}

/** A list of one warning where it applies. */
export function warnIf(applies: boolean, sentence: string): string[] {
  return applies ? [sentence] : [];
}

/**
 * One metric: its name, its facts, its computation and its resampling. `evaluateSets` takes it beside the names of the metrics here.
 * @param definition `compute` reads both sets by `vectors(name)`, `words(name)` or `labels(name)`, each a pair of synthetic and golden
 */
export function defineMetric<Name extends string, State>(definition: MetricDefinition<Name, State>): Metric<Name> {
  const { name, facts, compute, resample } = definition;
  return {
    name,
    facts,
    compute: (sets) => {
      const { state, ...computed } = compute(sets);
      return { ...computed, resampling: () => resample(state, sets, computed.value) };
    },
  };
}
