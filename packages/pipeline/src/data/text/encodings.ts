import { pipeline, Readable } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { codeOf, UserError } from '../../errors.js';
import type { ByteChunks } from './raw-row.js';
import { decodeChunks, decodeUtf8 } from './utf8.js';

type Encoding = 'gzip' | 'utf-8' | 'utf-16le' | 'utf-16be';

/** Kinds of file that are not text: their first bytes, as Latin-1, and what to do. */
const NOT_TEXT: readonly (readonly [start: string, kind: string, remedy: string])[] = [
  ['PAR1', 'a Parquet file', 'Rename it to end in .parquet, or set population.format to parquet.'],
  ['PK\x03\x04', 'a zip archive or an Excel workbook', 'Unpack it, or export the sheet as CSV.'],
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook', 'Export the sheet as CSV.'],
  ['(\xb5/\xfd', 'compressed by Zstandard', 'Decompress it with zstd -d.'],
  ['BZh', 'compressed by bzip2', 'Decompress it with bunzip2.'],
  ['\xfd7zXZ', 'compressed by xz', 'Decompress it with unxz.'],
  ['ARROW1', 'an Arrow file', 'Save it as Parquet, in Python with Dataset.to_parquet.'],
  ['\xff\xfe\x00\x00', 'UTF-32', 'Convert it with iconv -f UTF-32 -t UTF-8.'],
  ['\x00\x00\xfe\xff', 'UTF-32', 'Convert it with iconv -f UTF-32 -t UTF-8.'],
];

/**
 * Text of a file as chunks cut between characters: UTF-8, or UTF-16 in either byte order, with or without a byte order mark, as it is or
 * compressed by gzip.
 * @throws UserError `not-text` naming what the file is instead; `not-utf8`, `not-utf16` or `bad-gzip` where it is damaged
 */
export async function* textOf(chunks: ByteChunks, name: string): AsyncGenerator<string, void> {
  const file = await withHead(chunks);
  try {
    const encoding = encodingOf(file.head, name);
    if (encoding !== 'gzip') return yield* decoded(file.all, encoding, name);
    const plain = await withHead(gunzipped(file.all, name));
    const inner = encodingOf(plain.head, name);
    if (inner === 'gzip') throw notText(name, 'compressed by gzip twice', 'Decompress it with gunzip.');
    yield* decoded(plain.all, inner, name);
  } finally {
    await file.close();
  }
}

/** Text of a whole small file (see `textOf`). */
export function decodeText(bytes: Uint8Array, name: string): string {
  const encoding = encodingOf(bytes, name);
  if (encoding === 'utf-8') return decodeUtf8(bytes, name);
  try {
    return encoding === 'gzip'
      ? decodeUtf8(gunzipSync(bytes), name)
      : new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw encoding === 'gzip' ? gzipError(error, name) : notUtf16(name);
  }
}

function encodingOf(head: Uint8Array, name: string): Encoding {
  const start = Buffer.from(head.subarray(0, 8)).toString('latin1');
  const other = NOT_TEXT.find(([magic]) => start.startsWith(magic));
  if (other !== undefined) throw notText(name, other[1], other[2]);
  if (start.startsWith('\x1f\x8b')) return 'gzip';
  const [a = 1, b = 1, c = 1, d = 1] = head;
  // Without a byte order mark, the header's or the first key's ASCII characters show as every second byte 0.
  if (start.startsWith('\xff\xfe') || (a !== 0 && b === 0 && c !== 0 && d === 0)) return 'utf-16le';
  if (start.startsWith('\xfe\xff') || (a === 0 && b !== 0 && c === 0 && d !== 0)) return 'utf-16be';
  return 'utf-8';
}

async function* decoded(
  chunks: ByteChunks,
  encoding: Exclude<Encoding, 'gzip'>,
  name: string,
): AsyncGenerator<string, void> {
  if (encoding === 'utf-8') return yield* decodeChunks(chunks, name);
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? notUtf16(name) : error;
  }
}

async function* gunzipped(chunks: ByteChunks, name: string): AsyncGenerator<Uint8Array> {
  try {
    // The callback keeps a failure of the source from being an unhandled one; the loop meets it as well.
    for await (const chunk of pipeline(Readable.from(chunks), createGunzip(), () => undefined))
      yield chunk as Uint8Array;
  } catch (error) {
    throw gzipError(error, name);
  }
}

/** The first eight bytes or more, all chunks again, and the way to end the source early. */
async function withHead(chunks: ByteChunks): Promise<{ head: Uint8Array; all: ByteChunks; close: () => unknown }> {
  const source = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
    if (head.length >= 8) break;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => source };
  }
  return { head, all: all(), close: () => source.return?.() };
}

function gzipError(error: unknown, name: string): unknown {
  const code = codeOf(error);
  if (code === undefined || !/^Z_/.test(code)) return error;
  const reason = code === 'Z_BUF_ERROR' ? 'it is cut off' : 'its bytes are damaged';
  const remedy = 'Copy or download it again.';
  return new UserError('bad-gzip', `${name} cannot be decompressed by gzip: ${reason}.`, { remedy });
}

function notText(name: string, kind: string, remedy: string): UserError {
  return new UserError('not-text', `${name} is ${kind}, not text.`, { remedy });
}

function notUtf16(name: string): UserError {
  const problem = `${name} begins as UTF-16 and is damaged or cut off.`;
  return new UserError('not-utf16', problem, { remedy: 'Save it again as UTF-8.' });
}
