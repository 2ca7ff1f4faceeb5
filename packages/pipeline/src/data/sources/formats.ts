/** Formats that records are read from; `auto` looks at the name and the first lines. */
export const RECORD_FORMATS = [
  'auto',
  'agnews',
  'yelp',
  'sst2',
  'imdb',
  'jsonl',
  'csv',
  'tsv',
  'parquet',
  'txt',
  'folder',
  'sotu',
] as const;

/** A format, or `auto`. */
export type RecordFormat = (typeof RECORD_FORMATS)[number];
