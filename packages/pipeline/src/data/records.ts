import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { asyncBufferFromFile } from 'hyparquet';
import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { aboutPath, UserError } from '../errors.js';
import type { RecordFormat } from './formats.js';
import { readAddressPart } from './addresses.js';
import { readDelimited } from './delimited.js';
import { detectSource, type DetectedSource } from './detect.js';
import { readJsonLines } from './jsonl.js';
import { LAYOUTS, rowOfLayout } from './layouts.js';
import { readTextLines } from './lines.js';
import { readParquet } from './parquet.js';
import type { RawRow } from './raw-row.js';
import { readTextFolder } from './text-folder.js';
import { recordMaker, type ColumnNames } from './to-record.js';

/** Records to read; `MopConfig['population']` is one. */
export interface RecordSource {
  /** A file, a folder of texts, or a folder with parts such as train.csv and test.csv. */
  readonly path: string;
  /** @defaultValue 'auto' */
  readonly format?: RecordFormat;
  readonly columns?: ColumnNames;
  /** Which part of a folder. @defaultValue 'train' */
  readonly split?: string;
  /** Read at most this many. @defaultValue all */
  readonly limit?: number | undefined;
}

/**
 * Reads records one by one; files are streamed, a Parquet file by row group.
 * @throws UserError in one sentence: no such file, wrong column, empty file, empty text, not UTF-8, bad JSON, ragged csv …
 */
export async function* readRecords(source: RecordSource): AsyncGenerator<PopulationRecord> {
  const { path, format = 'auto', columns = {}, split = 'train', limit = Infinity } = source;
  const detected = await detectSource({ path, format, split });
  const make = recordMaker(basename(detected.path), columns);
  let made = 0;
  try {
    for await (const row of rowsOf(detected, split)) {
      yield make(row);
      if (++made >= limit) return;
    }
  } catch (error) {
    throw aboutPath(detected.path, error);
  }
  if (made === 0) {
    throw new UserError('no-records', `${detected.path} has no records: ${emptiness(detected.format)}.`, {
      suggestion: 'Check that it is the file you meant.',
    });
  }
}

/** All records of a source, in order (see `readRecords`). */
export async function loadRecords(source: RecordSource): Promise<PopulationRecord[]> {
  const records: PopulationRecord[] = [];
  for await (const record of readRecords(source)) records.push(record);
  return records;
}

/** How many records a source has; reads and checks every one (see `readRecords`). */
export async function countRecords(source: RecordSource): Promise<number> {
  const records = readRecords(source);
  let count = 0;
  while ((await records.next()).done !== true) count++;
  return count;
}

async function* rowsOf({ path, format }: DetectedSource, split: string): AsyncGenerator<RawRow> {
  const name = basename(path);
  switch (format) {
    case 'agnews':
    case 'yelp':
    case 'sst2': {
      const layout = LAYOUTS[format];
      for await (const row of readDelimited(createReadStream(path), name, layout)) yield rowOfLayout(row, layout, name);
      return;
    }
    case 'jsonl':
      yield* readJsonLines(createReadStream(path), name);
      return;
    case 'csv':
      yield* readDelimited(createReadStream(path), name, { delimiter: ',' });
      return;
    case 'tsv':
      yield* readDelimited(createReadStream(path), name, { delimiter: '\t' });
      return;
    case 'txt':
      yield* readTextLines(createReadStream(path), name);
      return;
    case 'parquet':
      yield* readParquet(await asyncBufferFromFile(path), name);
      return;
    case 'imdb':
      yield* readTextFolder(path, true);
      return;
    case 'folder':
      yield* readTextFolder(path, false);
      return;
    case 'sotu':
      yield* readAddressPart(path, split);
      return;
  }
}

function emptiness(format: RecordFormat): string {
  if (format === 'csv' || format === 'tsv' || format === 'sst2') return 'it is empty, or has only a header line';
  return 'it is empty';
}
