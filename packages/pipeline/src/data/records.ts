import { createReadStream } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { aboutPath, UserError } from '../errors.js';
import type { RecordFormat } from './sources/formats.js';
import { readAddressPart } from './sources/addresses.js';
import { classesInNote, withClassNames } from './sources/dataset-card.js';
import { readDelimited } from './tables/delimited.js';
import { detectSource, type DetectedSource } from './sources/detect.js';
import { readJsonLines } from './tables/jsonl.js';
import { LAYOUTS, rowOfLayout } from './tables/layouts.js';
import { readTextLines } from './text/lines.js';
import { labelFilter } from './label-filter.js';
import type { RawRow } from './text/raw-row.js';
import { readTextFolder } from './sources/text-folder.js';
import { recordMaker, wantedColumns, type ColumnNames } from './to-record.js';

/** Records to read; `MopConfig['population']` is one. */
export interface RecordSource {
  /** A file, files by a pattern, a folder of texts, or a folder with parts such as train.csv or data/train-00000-of-00002.parquet. */
  readonly path: string;
  /** @defaultValue 'auto' */
  readonly format?: RecordFormat;
  readonly columns?: ColumnNames;
  /** Which part of a folder. @defaultValue 'train' */
  readonly split?: string;
  /** Read at most this many. @defaultValue all */
  readonly limit?: number | undefined;
  /** Read only records with one of these labels. @defaultValue all */
  readonly labels?: readonly string[] | undefined;
}

/**
 * Reads records one by one; files are streamed, a Parquet file by row group.
 * @throws UserError in one sentence: no such file, wrong column, empty file, empty text, not UTF-8, bad JSON, ragged csv …
 */
export async function* readRecords(source: RecordSource): AsyncGenerator<PopulationRecord> {
  const { path, format = 'auto', columns = {}, split = 'train', limit = Infinity, labels } = source;
  const detected = await detectSource({ path, format, split });
  const { paths, classes } = detected;
  const make = recordMaker(columns);
  const filter = labelFilter(labels);
  const wanted = wantedColumns(columns);
  let made = 0;
  for (const file of paths) {
    // With its folder where another file of the source has the same name.
    const alone = paths.every((other) => other === file || basename(other) !== basename(file));
    const name = alone ? basename(file) : `${basename(dirname(file))}/${basename(file)}`;
    try {
      for await (const row of rowsOf(file, name, { format: detected.format, split, wanted })) {
        const record = make(withClassNames(row, classes, name), name);
        if (!filter.wants(record)) continue;
        yield record;
        if (++made >= limit) return;
      }
    } catch (error) {
      throw aboutPath(file, error);
    }
  }
  if (made > 0) return;
  const place = paths.join(', ');
  const refusal = filter.refusal(place);
  if (refusal !== undefined) throw refusal;
  const header = ['csv', 'tsv', 'sst2'].includes(detected.format) ? ', or has only a header line' : '';
  const remedy = 'Check that it is the file you meant.';
  throw new UserError('no-records', `${place} has no records: it is empty${header}.`, { remedy });
}

/** All records of a source, in order (see `readRecords`). */
export async function loadRecords(source: RecordSource): Promise<PopulationRecord[]> {
  const records: PopulationRecord[] = [];
  for await (const record of readRecords(source)) records.push(record);
  return records;
}

/** Number of records in a source; reads and checks every one (see `readRecords`). */
export async function countRecords(source: RecordSource): Promise<number> {
  const records = readRecords(source);
  let count = 0;
  while ((await records.next()).done !== true) count++;
  return count;
}

async function* rowsOf(
  path: string,
  name: string,
  { format, split, wanted }: Pick<DetectedSource, 'format'> & { split: string; wanted: readonly string[] },
): AsyncGenerator<RawRow, void> {
  switch (format) {
    case 'agnews':
    case 'yelp':
    case 'sst2': {
      const layout = LAYOUTS[format];
      for await (const row of readDelimited(createReadStream(path), name, layout)) yield rowOfLayout(row, layout, name);
      return;
    }
    case 'jsonl':
      return yield* readJsonLines(createReadStream(path), name);
    case 'csv':
    case 'tsv':
      return yield* readDelimited(createReadStream(path), name, { delimiter: format === 'csv' ? ',' : '\t' });
    case 'txt':
      return yield* readTextLines(createReadStream(path), name);
    case 'parquet': {
      // The readers take long to load, which other formats need not spend.
      const { asyncBufferFromFile } = await import('hyparquet');
      const { openParquet } = await import('./parquet/parquet.js');
      const { rows, note } = await openParquet(await asyncBufferFromFile(path), name, wanted);
      const classes = classesInNote(note('huggingface'));
      for await (const row of rows) yield withClassNames(row, classes, name);
      return;
    }
    case 'imdb':
    case 'folder':
      return yield* readTextFolder(path, format === 'imdb');
    case 'sotu':
      return yield* readAddressPart(path, split);
  }
}
