import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { aboutPath, UserError } from '../errors.js';
import { addressFolder, DEMO_PATH } from './addresses.js';
import type { RecordFormat } from './formats.js';

/** A source as it is named. */
export interface SourceName {
  readonly path: string;
  /** `auto` looks at names and the first line. */
  readonly format: RecordFormat;
  /** Which part, where `path` is a folder with parts. */
  readonly split: string;
}

/** A source with its format known, and the one file or folder that is read. */
export interface DetectedSource {
  readonly path: string;
  readonly format: Exclude<RecordFormat, 'auto'>;
}

const BY_EXTENSION: Readonly<Record<string, DetectedSource['format']>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.parquet': 'parquet',
  '.txt': 'txt',
};

const PART_EXTENSIONS: Readonly<Record<RecordFormat, readonly string[]>> = {
  auto: Object.keys(BY_EXTENSION),
  agnews: ['.csv'],
  yelp: ['.csv'],
  sst2: ['.tsv'],
  imdb: [],
  jsonl: ['.jsonl', '.ndjson'],
  csv: ['.csv'],
  tsv: ['.tsv'],
  parquet: ['.parquet'],
  txt: ['.txt'],
  folder: [],
  sotu: [],
};

/**
 * Finds what is to be read: a file, a folder of texts, or the part (`train`, `test`) of a data set's folder.
 * @throws UserError no such file; a folder with nothing readable in it; a format that nobody can tell
 */
export async function detectSource(source: SourceName): Promise<DetectedSource> {
  const { path, format, split } = source;
  if (format === 'sotu' || path === DEMO_PATH) return { path: addressFolder(path), format: 'sotu' };
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      throw aboutPath(path, error);
    },
  );
  if (isFolder) return folderSource(path, format, split);
  if (format === 'folder' || format === 'imdb') {
    throw new UserError('not-a-folder', `${path} is a file where format ${format} needs a folder of texts.`);
  }
  if (format !== 'auto') return { path, format };
  return { path, format: await fileFormat(path) };
}

/** Whether a source has a part of that name: a file or a folder in its folder, or one of the addresses. */
export async function hasPart({ path, format }: Omit<SourceName, 'split'>, split: string): Promise<boolean> {
  if (format === 'sotu' || path === DEMO_PATH) return true;
  const names = await readdir(path).catch(() => []);
  return names.some((name) => name === split || Object.keys(BY_EXTENSION).some((end) => name === split + end));
}

async function folderSource(path: string, format: RecordFormat, split: string): Promise<DetectedSource> {
  const names = (await readdir(path)).sort();
  const file = PART_EXTENSIONS[format].map((end) => split + end).find((name) => names.includes(name));
  if (file !== undefined) {
    const part = join(path, file);
    return { path: part, format: format === 'auto' ? await fileFormat(part) : format };
  }
  if (names.includes(split)) return folderSource(join(path, split), format, split);
  const classes = names.includes('pos') && names.includes('neg');
  if (format === 'imdb' || (format === 'auto' && classes)) return { path, format: 'imdb' };
  if (format === 'folder' || format === 'auto') {
    const below = await readdir(path, { recursive: true });
    if (below.some((name) => name.endsWith('.txt'))) return { path, format: 'folder' };
  }
  const inside =
    names.length === 0 ? 'it is empty' : `it has ${names.slice(0, 6).join(', ')}${names.length > 6 ? ', …' : ''}`;
  throw new UserError('no-records', `${path} has neither a part named ${split} nor texts (*.txt): ${inside}.`, {
    suggestion: 'Give the path of the file itself, or the part with population.split.',
  });
}

async function fileFormat(path: string): Promise<DetectedSource['format']> {
  const format = BY_EXTENSION[extname(path).toLowerCase()];
  if (format === undefined) {
    throw new UserError('unknown-format', `${path}: nobody can tell the format from this name.`, {
      suggestion: `Rename it to end in one of ${Object.keys(BY_EXTENSION).join(', ')}, or give population.format.`,
    });
  }
  if (format !== 'csv' && format !== 'tsv') return format;
  const start = await startOf(path);
  if (format === 'tsv') return /^(?:\xef\xbb\xbf)?sentence\tlabel\r?\n/.test(start) ? 'sst2' : 'tsv';
  return csvLayout(start);
}

/** AG News and Yelp files have no header: a class number, then two quoted texts or one. */
function csvLayout(start: string): 'agnews' | 'yelp' | 'csv' {
  if (/^(?:\xef\xbb\xbf)?"?[1-4]"?,"(?:[^"]|"")*","(?:[^"]|"")*"\r?\n/.test(start)) return 'agnews';
  if (/^(?:\xef\xbb\xbf)?"?[12]"?,"(?:[^"]|"")*(?:"\r?\n|$)/.test(start)) return 'yelp';
  return 'csv';
}

async function startOf(path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of createReadStream(path, { end: 65_535 })) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('latin1');
}
