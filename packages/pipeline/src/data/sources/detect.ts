import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { aboutPath, UserError } from '../../errors.js';
import { addressFolder, isAddresses } from './addresses.js';
import type { ClassNames } from './dataset-card.js';
import { textOf } from '../text/encodings.js';
import type { RecordFormat } from './formats.js';
import { hubPart, matching } from './hub-folder.js';

/** A source as it is named. */
export interface SourceName {
  /** A file, a folder, or files by a pattern such as `data/train-*.parquet`. */
  readonly path: string;
  /** `auto` looks at names and the first line. */
  readonly format: RecordFormat;
  /** Which part, where `path` is a folder with parts. */
  readonly split: string;
}

/** A source with its format known, and the files or the one folder to read. */
export interface DetectedSource {
  readonly paths: readonly string[];
  readonly format: Exclude<RecordFormat, 'auto'>;
  /** Names of the classes by column, where the data set's folder states them. */
  readonly classes: ClassNames;
}

type Format = DetectedSource['format'];

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.parquet': 'parquet',
  '.txt': 'txt',
};

/** Kind of file of the layouts that have a name of their own. */
const KIND: Readonly<Partial<Record<RecordFormat, Format>>> = { agnews: 'csv', yelp: 'csv', sst2: 'tsv' };

/**
 * Finds what to read: a file, several by a pattern, a folder of texts, or the part (`train`, `test`) of a data set's folder.
 * @throws UserError no such file; a folder with nothing readable in it; a format that the name does not tell
 */
export async function detectSource({ path, format, split }: SourceName): Promise<DetectedSource> {
  if (isAddresses({ path, format })) return ofFiles([addressFolder(path)], 'sotu');
  if (/[*?]/.test(basename(path))) return ofFiles(await filesLike(path), format);
  const found = await stat(path).catch((error: unknown) => {
    throw aboutPath(path, error);
  });
  if (found.isDirectory()) return folderSource(path, format, split);
  if (format === 'folder' || format === 'imdb') {
    throw new UserError('not-a-folder', `${path} is a file where format ${format} needs a folder of texts.`);
  }
  return ofFiles([path], format);
}

/** Whether a source has a part of that name: files or a folder in its folder, or one of the addresses. */
export async function hasPart({ path, format }: Omit<SourceName, 'split'>, split: string): Promise<boolean> {
  if (isAddresses({ path, format })) return true;
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return false;
  if ((await readdir(path)).includes(split)) return true;
  return (await hubPart(path, split, endsOf(format))) !== undefined;
}

async function folderSource(path: string, format: RecordFormat, split: string): Promise<DetectedSource> {
  const part = await hubPart(path, split, endsOf(format));
  if (part !== undefined) return ofFiles(part.files, format, part.classes);
  const names = (await readdir(path)).sort();
  if (names.includes(split)) return folderSource(join(path, split), format, split);
  const isImdb = names.includes('pos') && names.includes('neg');
  if (format === 'imdb' || (format === 'auto' && isImdb)) return ofFiles([path], 'imdb');
  if (format === 'folder' || format === 'auto') {
    const below = await readdir(path, { recursive: true });
    if (below.some((name) => name.endsWith('.txt'))) return ofFiles([path], 'folder');
  }
  const some = `${names.slice(0, 6).join(', ')}${names.length > 6 ? ', …' : ''}`;
  const problem = `${path} has neither a part named ${split} nor texts (*.txt)`;
  const remedy = 'Give the path of the file itself, or the name of a part there is with population.split.';
  throw new UserError('no-records', `${problem}: ${some === '' ? 'it is empty' : `it has ${some}`}.`, { remedy });
}

async function ofFiles(
  paths: readonly string[],
  format: RecordFormat,
  classes: ClassNames = new Map(),
): Promise<DetectedSource> {
  const [first = ''] = paths;
  return { paths, format: format === 'auto' ? await fileFormat(first) : format, classes };
}

/** Files of a folder by a pattern. @throws UserError `no-match` where there is none */
async function filesLike(pattern: string): Promise<string[]> {
  const folder = dirname(pattern);
  const names = await readdir(folder).catch((error: unknown) => {
    throw aboutPath(folder, error);
  });
  const found = matching(basename(pattern), names.sort());
  if (found.length > 0) return found.map((name) => join(folder, name));
  const remedy = `${folder} has ${names.slice(0, 6).join(', ') || 'no files'}.`;
  throw new UserError('no-match', `${pattern}: no file has such a name.`, { remedy });
}

function endsOf(format: RecordFormat): string[] {
  const all = Object.entries(BY_EXTENSION);
  const own = all.filter(([, kind]) => format === 'auto' || kind === (KIND[format] ?? format));
  return own.flatMap(([end]) => (end === '.parquet' ? [end] : [end, `${end}.gz`]));
}

async function fileFormat(path: string): Promise<Format> {
  const plain = path.toLowerCase().replace(/\.gz$/, '');
  const format = BY_EXTENSION[extname(plain)];
  if (format === undefined) {
    const remedy = `Rename it to end in one of ${Object.keys(BY_EXTENSION).join(', ')}, or set population.format.`;
    throw new UserError('unknown-format', `${path}: the name does not tell the format.`, { remedy });
  }
  if (format !== 'tsv' && format !== 'csv') return format;
  const start = await startOf(path);
  if (format === 'tsv') return /^sentence\tlabel\r?\n/.test(start) ? 'sst2' : 'tsv';
  // AG News and Yelp files have no header: a class number, then two quoted texts or one.
  if (/^"?[1-4]"?,"(?:[^"]|"")*","(?:[^"]|"")*"\r?\n/.test(start)) return 'agnews';
  return /^"?[12]"?,"(?:[^"]|"")*(?:"\r?\n|$)/.test(start) ? 'yelp' : 'csv';
}

async function startOf(path: string): Promise<string> {
  let start = '';
  for await (const piece of textOf(createReadStream(path), basename(path))) {
    start += piece;
    if (start.length > 65_536) break;
  }
  return start.slice(0, 65_536);
}
