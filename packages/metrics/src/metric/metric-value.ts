/** A value that a person can read off a printed metric: what was chosen to compute it. */
export type SettingValue = string | number | boolean | readonly number[];

/** The metric between two disjoint sets of real records, and their sizes (for metrics of one set: of golden records alone). */
export interface GoldenSplit {
  readonly value: number;
  /** Rows in the place of synthetic, rows in the place of golden. */
  readonly n: readonly [number, number];
}

/**
 * The value of one metric, with its uncertainty, its floor and warnings. Every number is finite; what could not be computed is null, and a
 * warning says why.
 */
export interface MetricValue<Name extends string = string> {
  readonly name: Name;
  readonly value: number;
  /** Ends of the confidence interval of `value`; null when no resamples were asked for, all of them agree or the metric has none. */
  readonly interval: readonly [number, number] | null;
  /** The metric between two disjoint sets of real records of the sizes compared, mean over splits; null where there are too few. */
  readonly floor: number | null;
  /** The same at the smaller sizes that the real records allow, where there is no floor; never comparable without its sizes. */
  readonly split?: GoldenSplit | null;
  /** Rows of the synthetic set, rows of the golden set. */
  readonly n: readonly [number, number];
  /** Further numbers of the same computation, such as `raw`, `mauveStar` or `share.sports`. */
  readonly parts: Readonly<Record<string, number>>;
  /** Everything that was chosen: bins, buckets, seed, normalization, interval method … */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** Sentences for a person; empty when nothing is doubtful. */
  readonly warnings: readonly string[];
}
