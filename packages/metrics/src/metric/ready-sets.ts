import { toFloat64, unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { requireDirections, requireSets } from './checks.js';
import { MetricInputError } from './errors.js';
import { namesOf, type EvaluatedSet, type EvaluatedSets } from './evaluated-sets.js';
import type { Settings } from './settings.js';
import { wordsOf, type Words } from './words.js';

/** A pair of some part of both sets: synthetic, golden. */
export type Both<Part> = readonly [synthetic: Part, golden: Part];

/** Two sets as the metrics read them: each part is checked when first asked for, and derived once for all metrics that share it. */
export interface ReadySets {
  readonly settings: Settings;
  readonly given: EvaluatedSets;
  /** As given. @throws MetricInputError when a side has none */
  readonly embeddings: (metric: string) => Both<Matrix>;
  /** As given, or of unit length with `normalize`. */
  readonly vectors: (metric: string) => Both<Matrix>;
  readonly words: (metric: string) => Both<readonly Words[]>;
  readonly labels: (metric: string) => Both<readonly string[]>;
  /** `compute(sets)`, remembered: metrics that share a computation pass the same function. */
  readonly shared: <Result>(compute: (sets: ReadySets) => Result) => Result;
}

/** Wraps two sets; computes nothing yet. */
export function readySets(given: EvaluatedSets, settings: Settings): ReadySets {
  const [synthetic, golden] = namesOf(given);
  const part = <Part>(metric: string, name: string, of: (set: EvaluatedSet) => Part | undefined): Both<Part> => [
    partOf(metric, `${synthetic} has no ${name}`, of(given.synthetic)),
    partOf(metric, `${golden} has no ${name}`, of(given.golden)),
  ];
  const embeddings = (metric: string): Both<Matrix> => {
    const both = part(metric, 'embeddings', (set) => set.embeddings);
    requireSets(metric, ...both, 2);
    return both;
  };
  const units = once((metric: string) => {
    const both = embeddings(metric);
    requireDirections(metric, { synthetic: both[0], golden: both[1] });
    return mapBoth(both, (set) => unitRows(toFloat64(set)));
  });
  const results = new Map<unknown, unknown>();
  const sets: ReadySets = {
    settings,
    given,
    embeddings,
    vectors: settings.normalize ? units : embeddings,
    words: once((metric) =>
      mapBoth(
        part(metric, 'texts', (set) => set.texts),
        (texts) => texts.map(wordsOf),
      ),
    ),
    labels: (metric) => part(metric, 'labels', (set) => set.labels),
    shared: <Result>(compute: (of: ReadySets) => Result): Result => {
      if (!results.has(compute)) results.set(compute, compute(sets));
      return results.get(compute) as Result;
    },
  };
  return sets;
}

/** A part that must be there. @throws MetricInputError */
export function partOf<Part>(metric: string, problem: string, part: Part | undefined): Part {
  if (part === undefined) throw new MetricInputError(metric, problem, 'Give them, or leave this metric out.');
  return part;
}

/** The same of both sides. */
export function mapBoth<From, To>([synthetic, golden]: Both<From>, to: (part: From) => To): Both<To> {
  return [to(synthetic), to(golden)];
}

/** Computes on the first call and remembers. The argument only words errors. */
function once<Result>(compute: (metric: string) => Result): (metric: string) => Result {
  let held: { readonly result: Result } | undefined;
  return (metric) => (held ??= { result: compute(metric) }).result;
}
