import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CurveIndex } from './curve-index.js';
import { positionOf, readBeside, readBlock, sealOf, writeAll, type File, type StorePlace } from './curve-log.js';
import { RECORD_BYTES } from './curve-record.js';

// File: pieces, each 32 bytes of header, then 4 bytes per row: the first of its key. Little-endian.
//   0 'MOPTAIL1' · 8 first row, f64 · 16 rows, u32 · 20 last record's CRC-32, u32 · 24 CRC-32 of what follows the header, u32
//   28 CRC-32 of bytes 0 … 27, u32
/** Name of the tail beside its log. */
export const TAIL_NAME = 'curves.tail';
const MAGIC = 'MOPTAIL1';
const HEADER = 32;
const TAG = 4;
/** Rows read at a time, 800 kB. */
const BLOCK_ROWS = 4096;

/** Rows [from, to) of a log. */
export interface Rows {
  readonly from: number;
  readonly to: number;
}

/**
 * Adds to the tail file what an index needs of some rows, 4 bytes each, so that a process killed before the next whole index need not have
 * them read again. A write that fails is passed over: the rows are in the log.
 * @param at where the file's last whole piece ends; what stands behind is overwritten
 * @returns where this one ends, or undefined when it was not written
 */
export async function appendTail(
  { folder, files, log }: StorePlace,
  { from, to, at }: Rows & { readonly at: number },
): Promise<number | undefined> {
  try {
    await log.datasync(); // the tail must never know more than the disk
    const tags = await tagsOf(log, { from, to });
    const header = Buffer.alloc(HEADER);
    header.write(MAGIC, 'latin1');
    header.writeDoubleLE(from, 8);
    header.writeUInt32LE(to - from, 16);
    header.writeUInt32LE(await sealOf(log, to), 20);
    header.writeUInt32LE(crc32(tags), 24);
    header.writeUInt32LE(crc32(header.subarray(0, HEADER - 4)), HEADER - 4);
    const file = await files.open(join(folder, TAIL_NAME), at === 0 ? 'w' : 'r+');
    try {
      await writeAll(file, Buffer.concat([header, tags]), at);
    } finally {
      await file.close();
    }
    return at + HEADER + tags.length;
  } catch {
    return undefined;
  }
}

async function tagsOf(log: File, { from, to }: Rows): Promise<Buffer> {
  const tags = Buffer.alloc(TAG * (to - from));
  for (let row = from; row < to; row += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, to - row);
    const block = await readBlock(log, positionOf(row), rows * RECORD_BYTES);
    for (let i = 0; i < rows; i++) block.copy(tags, TAG * (row - from + i), i * RECORD_BYTES, i * RECORD_BYTES + TAG);
  }
  return tags;
}

/**
 * Notes the rows of the tail file in an index that ends where they begin. Pieces that are torn, damaged, of another log or of earlier rows end it.
 * @param keyAt the key of a row's record: rows whose keys begin alike are told apart by it
 * @returns where the last piece that was used ends
 */
export async function readTail(
  place: StorePlace,
  index: CurveIndex,
  keyAt: (row: number) => Uint8Array | undefined,
): Promise<number> {
  const { size } = await place.log.stat();
  const bytes = (await readBeside(place, TAIL_NAME, size)) ?? Buffer.alloc(0);
  let at = 0;
  for (let piece = pieceAt(bytes, at); piece !== undefined; piece = pieceAt(bytes, at)) {
    const { from, to, last, tags } = piece;
    if (from !== index.rows || positionOf(to) > size || last !== (await sealOf(place.log, to))) break;
    for (let i = 0; i < to - from; i++) {
      index.add(tags.subarray(TAG * i, TAG * i + TAG), (row) => areOneKey(keyAt(row), keyAt(from + i)));
    }
    at += HEADER + tags.length;
  }
  return at;
}

function areOneKey(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one !== undefined && other !== undefined && Buffer.compare(one, other) === 0;
}

function pieceAt(bytes: Buffer, at: number): (Rows & { last: number; tags: Buffer }) | undefined {
  const header = bytes.subarray(at, at + HEADER);
  if (header.length < HEADER || header.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  if (header.readUInt32LE(HEADER - 4) !== crc32(header.subarray(0, HEADER - 4))) return undefined;
  const from = header.readDoubleLE(8);
  const count = header.readUInt32LE(16);
  const tags = bytes.subarray(at + HEADER, at + HEADER + TAG * count);
  if (count === 0 || tags.length < TAG * count || header.readUInt32LE(24) !== crc32(tags)) return undefined;
  return { from, to: from + count, last: header.readUInt32LE(20), tags };
}
