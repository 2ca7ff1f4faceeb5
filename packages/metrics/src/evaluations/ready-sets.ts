import { toFloat64, unitRows, type Matrix } from '@mixture-of-personas/numeric';

import { requireDirections, requireSets } from '../checks.js';
import { manifold, type Manifold } from '../coverage.js';
import { MetricInputError } from '../errors.js';
import type { EvaluatedSet, EvaluatedSets } from '../evaluate-sets.js';
import type { MetricName } from '../figure.js';
import type { MauveOptions } from '../mauve.js';
import type { RowProducts } from '../row-products.js';
import type { Precision } from '../tiles.js';
import { wordsOf, type Words } from '../words.js';

/** Every setting of an evaluation, chosen. */
export interface ReadySettings {
  readonly seed: number;
  readonly normalize: boolean;
  readonly bins: number;
  readonly epsilon: number;
  readonly neighbours: number;
  readonly ngram: number;
  readonly leakWords: number;
  readonly clusters: number;
  readonly precision: Precision;
  readonly threads: number;
  readonly products: RowProducts | undefined;
  readonly mauve: MauveOptions;
}

/** A pair of some part of both sets: synthetic, golden. */
export type Both<Part> = readonly [synthetic: Part, golden: Part];

/** Two sets as the computations read them: each part checked when first asked for, and derived once for all metrics that share it. */
export interface ReadySets {
  readonly settings: ReadySettings;
  /** As given. @throws MetricInputError when a side has none */
  readonly embeddings: (metric: MetricName) => Both<Matrix>;
  /** As given, or of unit length with `normalize`. */
  readonly vectors: (metric: MetricName) => Both<Matrix>;
  readonly words: (metric: MetricName) => Both<readonly Words[]>;
  readonly labels: (metric: MetricName) => Both<readonly string[]>;
  readonly hasLabels: boolean;
  readonly syntheticEmbeddings: Matrix | undefined;
  readonly manifold: (metric: MetricName) => Manifold;
  /** What was in the prompts: the exemplars, or golden where none are given. */
  readonly exemplars: {
    readonly words: (metric: MetricName) => readonly Words[];
    readonly embeddings: Matrix | undefined;
  };
}

/** Wraps two sets; computes nothing yet. */
export function readySets(sets: EvaluatedSets, settings: ReadySettings): ReadySets {
  const part = <Part>(metric: MetricName, name: string, of: (set: EvaluatedSet) => Part | undefined): Both<Part> => [
    partOf(metric, `synthetic has no ${name}`, of(sets.synthetic)),
    partOf(metric, `golden has no ${name}`, of(sets.golden)),
  ];
  const embeddings = (metric: MetricName): Both<Matrix> => {
    const both = part(metric, 'embeddings', (set) => set.embeddings);
    requireSets(metric, ...both, 2);
    return both;
  };
  const units = once((metric: MetricName) => {
    const both = embeddings(metric);
    requireDirections(metric, 'synthetic', both[0]);
    requireDirections(metric, 'golden', both[1]);
    return mapBoth(both, (set) => unitRows(toFloat64(set)));
  });
  const vectors = settings.normalize ? units : embeddings;
  const shown = sets.exemplars ?? sets.golden;
  return {
    settings,
    embeddings,
    vectors,
    words: once((metric) =>
      mapBoth(
        part(metric, 'texts', (set) => set.texts),
        (texts) => texts.map(wordsOf),
      ),
    ),
    labels: (metric) => part(metric, 'labels', (set) => set.labels),
    hasLabels: sets.synthetic.labels !== undefined && sets.golden.labels !== undefined,
    syntheticEmbeddings: sets.synthetic.embeddings,
    manifold: once((metric) => manifold(...vectors(metric), settings)),
    exemplars: {
      words: once((metric) => partOf(metric, 'the exemplars have no texts', shown.texts).map(wordsOf)),
      embeddings: shown.embeddings,
    },
  };
}

function partOf<Part>(metric: MetricName, problem: string, part: Part | undefined): Part {
  if (part === undefined) {
    throw new MetricInputError(metric, problem, 'Give them, or leave this metric out.');
  }
  return part;
}

function mapBoth<From, To>([synthetic, golden]: Both<From>, to: (part: From) => To): Both<To> {
  return [to(synthetic), to(golden)];
}

/** Computes on the first call and remembers. The argument only words errors. */
function once<Result>(compute: (metric: MetricName) => Result): (metric: MetricName) => Result {
  let held: { readonly result: Result } | undefined;
  return (metric) => (held ??= { result: compute(metric) }).result;
}
