/** What a metric can be asked for by name, in `evaluateSets` and in `mop evaluate --metrics`. */
export type MetricName =
  | 'frechet'
  | 'frechet-infinity'
  | 'mauve'
  | 'cosine-kl'
  | 'kid'
  | 'mmd'
  | 'precision'
  | 'recall'
  | 'density'
  | 'coverage'
  | 'vendi'
  | 'distinct-n'
  | 'self-bleu'
  | 'c2st'
  | 'energy'
  | 'answers'
  | 'subgroup'
  | 'leak'
  | 'f1';

/** A value that a person can read off a printed figure: what was chosen to compute it. */
export type SettingValue = string | number | boolean | readonly number[];

/**
 * One printed figure: the number, how sure it is, what it would be for golden data against golden data, and what to keep in mind.
 * Every number is finite; what could not be computed is null, with a warning that says why.
 */
export interface Figure {
  readonly name: MetricName;
  readonly value: number;
  /** Lower and upper end of the bootstrap interval; null when no resamples were asked for or the method has none. */
  readonly interval: readonly [number, number] | null;
  /** The same figure between two random halves of golden, mean over splits; null when not asked for or not defined. */
  readonly floor: number | null;
  /** Rows of the synthetic set, rows of the golden set. */
  readonly n: readonly [number, number];
  /** Further numbers of the same computation, such as `mauveStar` or `share.sports`. */
  readonly parts: Readonly<Record<string, number>>;
  /** Everything that was chosen: bins, buckets, seed, normalisation, interval method … */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** Sentences for a person; empty when nothing is doubtful. */
  readonly warnings: readonly string[];
}

/** What a metric is, for tables and for choosing: kept beside the code so that a command line need not repeat it. */
export interface MetricFacts {
  readonly title: string;
  /** Which way is better; `target` means close to the golden set's own figure (or to the stated number). */
  readonly better: 'lower' | 'higher' | 'target';
  readonly range: readonly [number, number];
  /** What both sets must have. */
  readonly needs: 'embeddings' | 'texts' | 'labels' | 'embeddings and labels' | 'texts or embeddings';
}
