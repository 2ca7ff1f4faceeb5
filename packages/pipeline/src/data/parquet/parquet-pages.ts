import { snappyUncompress, type ColumnMetaData, type Compressors } from 'hyparquet';
import { readFields, unsigned, type ThriftCursor, type ThriftFields } from './parquet-thrift.js';

// hyparquet 1.31 believes what a page says of itself: a run of 2^27 values in a page of 2^20 fills the memory
// (test/data/hostile-parquet.test.ts). So every page is walked before. Field numbers are those of parquet.thrift.

/** Depth of a column's values: most definition and repetition levels. */
export interface Levels {
  readonly definition: number;
  readonly repetition: number;
}

/** A column chunk to be checked. */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly column: Pick<ColumnMetaData, 'codec' | 'type'>;
  readonly levels: Levels;
  /** Most values a page may say that it has. */
  readonly mostValues: number;
  readonly compressors: Compressors;
}

/** A page may not become larger than this. */
const LARGEST_PAGE = 256 * 2 ** 20;
/** Writers fill groups of packed values up to whole ones; more than this is none. */
const PADDING = 512;
const [DATA, DICTIONARY, DATA_V2] = [0, 2, 3];
const [PLAIN_DICTIONARY, RLE, RLE_DICTIONARY] = [2, 3, 8];
const DELTAS = [5, 6, 7];

/** Walks the pages of a column chunk. @throws Error in half a sentence when a page cannot be what it says */
export function checkPages(chunk: Chunk): void {
  const cursor = { bytes: chunk.bytes, at: 0 };
  while (cursor.at < chunk.bytes.length - 1) {
    const header = readFields(cursor);
    const compressed = count(header[3], chunk.bytes.length - cursor.at, 'a page length');
    const size = count(header[2], LARGEST_PAGE, 'a page length');
    const body = chunk.bytes.subarray(cursor.at, cursor.at + compressed);
    cursor.at += compressed;
    if (header[1] === DICTIONARY) count(of(header[7])[1], chunk.mostValues, 'a number of words');
    else if (header[1] === DATA) checkPage(chunk, of(header[5]), body, size);
    else if (header[1] === DATA_V2) checkPageV2(chunk, of(header[8]), body, size);
  }
}

function checkPage(chunk: Chunk, header: ThriftFields, body: Uint8Array, size: number): void {
  const values = count(header[1], chunk.mostValues, 'a number of values');
  const page: ThriftCursor = { bytes: opened(chunk, body, size), at: 0 };
  for (const most of [chunk.levels.repetition, chunk.levels.definition]) {
    if (most === 0) continue;
    const end = withLength(page);
    checkRuns(page, widthOf(most), values);
    page.at = end;
  }
  checkValues(chunk, page, Number(header[2]), values);
}

function checkPageV2(chunk: Chunk, header: ThriftFields, body: Uint8Array, size: number): void {
  const values = count(header[1], chunk.mostValues, 'a number of values');
  count(header[2], values, 'a number of empty values');
  count(header[3], values, 'a number of rows');
  const repetition = count(header[6], body.length, 'a length of levels');
  const definition = count(header[5], body.length - repetition, 'a length of levels');
  const from = repetition + definition;
  const levels = { bytes: body.subarray(0, from), at: 0 };
  if (chunk.levels.repetition > 0) checkRuns(levels, widthOf(chunk.levels.repetition), values);
  levels.at = repetition;
  if (chunk.levels.definition > 0) checkRuns(levels, widthOf(chunk.levels.definition), values);
  const packed = body.subarray(from);
  if (size < from) throw new Error('its levels are longer than their page');
  const bytes = header[7] === 0 || packed.length === 0 ? packed : opened(chunk, packed, size - from);
  checkValues(chunk, { bytes, at: 0 }, Number(header[4]), values);
}

function checkValues({ column }: Chunk, page: ThriftCursor, encoding: number, values: number): void {
  if (DELTAS.includes(encoding)) requireShortNumbers(page.bytes);
  if (![PLAIN_DICTIONARY, RLE, RLE_DICTIONARY].includes(encoding) || page.at >= page.bytes.length) return;
  if (column.type === 'BOOLEAN') withLength(page);
  const width = column.type === 'BOOLEAN' ? 1 : (page.bytes[page.at++] ?? 0);
  if (width > 32) throw new Error(`it packs values in ${width} bits`);
  if (width > 0) checkRuns(page, width, values, true);
}

/** Runs of equal or packed values: none may be longer than what is left to fill. `mayStop`: empty values are not among them. */
function checkRuns(page: ThriftCursor, width: number, values: number, mayStop = false): void {
  for (let seen = 0; seen < values;) {
    if (mayStop && page.at >= page.bytes.length) return;
    const head = unsigned(page);
    const packed = head % 2 === 1;
    const length = packed ? Math.floor(head / 2) * 8 : Math.floor(head / 2);
    if (length > values - seen + (packed ? PADDING : 0))
      throw new Error(`a run of ${length} values is longer than its page`);
    page.at += packed ? (length / 8) * width : Math.ceil(width / 8);
    seen += length;
  }
}

/** Bytes above 127 in a row, which as one number of 7 bits a byte would take minutes. */
function requireShortNumbers(bytes: Uint8Array): void {
  for (let i = 0, run = 0; i < bytes.length; i++) {
    run = bytes[i]! > 127 ? run + 1 : 0;
    if (run > 1 << 16) throw new Error('a number does not end');
  }
}

/** A length of 4 bytes at the cursor, which moves behind it. @returns where the part of that length ends */
function withLength(page: ThriftCursor): number {
  const { bytes, at } = page;
  if (at + 4 > bytes.length) throw new Error('a page ends too early');
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
  page.at += 4;
  return page.at + count(length, bytes.length - page.at, 'a length of levels');
}

function opened({ column, compressors }: Chunk, body: Uint8Array, size: number): Uint8Array {
  if (column.codec === 'UNCOMPRESSED') return body;
  const decompress = compressors[column.codec];
  if (decompress !== undefined) return decompress(body, size);
  const page = new Uint8Array(size);
  if (column.codec === 'SNAPPY') snappyUncompress(body, page);
  return page;
}

function widthOf(most: number): number {
  return 32 - Math.clz32(most);
}

function of(value: number | ThriftFields | undefined): ThriftFields {
  if (typeof value !== 'object') throw new Error('a page has no header of its kind');
  return value;
}

function count(value: number | ThriftFields | undefined, most: number, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new Error(`${what} is ${typeof value === 'number' ? value : 'missing'} where at most ${most} is possible`);
}
