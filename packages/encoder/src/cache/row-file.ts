import { open, rename, type FileHandle } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

// The file: a header of 16 bytes (8 of MAGIC, width D, CRC-32 of the first 12), then records of 32 + 4·D + 4 bytes:
// SHA-256 of the text in UTF-8, D float32 (little-endian, as every platform of Node has it), CRC-32 of the record so far.
const MAGIC = Buffer.from('MOPEMB01');
const HEADER = 16;
const KEY = 32;
const SUM = 4;
const READ_AT_ONCE = 1 << 22;
/** No encoder has rows so wide; a header that says more was not written here. */
const WIDEST = 1 << 20;

/** SHA-256 of the text, the key of its row. */
export function keyOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Rows of one width on disk, found by key; appended to, never rewritten. One writer at a time. */
export interface RowFile {
  /** D; 0 while the file is empty and its width unknown. */
  readonly cols: number;
  has(key: Buffer): boolean;
  /** Copies the row into `out`, D numbers. */
  read(key: Buffer, out: Float32Array): Promise<void>;
  append(keys: readonly Buffer[], rows: Float32Array): Promise<void>;
  close(): Promise<void>;
}

/** A file as it was found: usable, perhaps with a torn end to cut off, or damaged. */
interface Found {
  readonly cols: number;
  readonly positions: Map<string, number>;
  /** Bytes that are whole. */
  readonly length: number;
  readonly damage?: string;
}

/**
 * Opens the file, or creates it. A record cut short at the end, what a crash leaves, is dropped. A file with a wrong header or a
 * wrong record before the end is renamed to `PATH.damaged-<time>` and an empty one begun.
 * @param onWarning told in one sentence when a file was set aside
 */
export async function openRowFile(path: string, onWarning: (message: string) => void): Promise<RowFile> {
  let handle = await openEmptyOr(path);
  let found = await scan(handle);
  if (found.damage !== undefined) {
    await handle.close();
    const aside = `${path}.damaged-${Date.now()}`;
    await rename(path, aside);
    const kept = `it was set aside as ${aside} and its texts are embedded again`;
    onWarning(`The embedding cache ${path} ${found.damage}; ${kept}.`);
    handle = await openEmptyOr(path);
    found = { cols: 0, positions: new Map(), length: 0 };
  }
  return rowFileOf(handle, found);
}

function rowFileOf(handle: FileHandle, { cols, positions, length }: Found): RowFile {
  let end = length;
  return {
    get cols() {
      return cols;
    },
    has: (key) => positions.has(key.toString('latin1')),
    async read(key, out) {
      const bytes = Buffer.from(out.buffer, out.byteOffset, out.byteLength);
      await handle.read(bytes, 0, bytes.length, positions.get(key.toString('latin1')));
    },
    async append(keys, rows) {
      const width = rows.length / keys.length;
      const start = end === 0 ? [headerOf(width)] : [];
      const records = keys.map((key, i) => recordOf(key, rows.subarray(i * width, (i + 1) * width)));
      const bytes = Buffer.concat([...start, ...records]);
      // Written at the end of what is whole: over a torn record, and over a failed append of before.
      for (let done = 0; done < bytes.length;)
        done += (await handle.write(bytes, done, bytes.length - done, end + done)).bytesWritten;
      await handle.truncate(end + bytes.length);
      cols = width;
      const first = end + (end === 0 ? HEADER : 0) + KEY;
      keys.forEach((key, i) => positions.set(key.toString('latin1'), first + i * records[i]!.length));
      end += bytes.length;
    },
    close: () => handle.close(),
  };
}

async function openEmptyOr(path: string): Promise<FileHandle> {
  return open(path, 'r+').catch(() => open(path, 'w+'));
}

function headerOf(cols: number): Buffer {
  const header = Buffer.alloc(HEADER);
  MAGIC.copy(header);
  header.writeUInt32LE(cols, 8);
  header.writeUInt32LE(crc32(header.subarray(0, 12)), 12);
  return header;
}

function recordOf(key: Buffer, row: Float32Array): Buffer {
  const record = Buffer.alloc(KEY + row.byteLength + SUM);
  key.copy(record);
  Buffer.from(row.buffer, row.byteOffset, row.byteLength).copy(record, KEY);
  record.writeUInt32LE(crc32(record.subarray(0, -SUM)), record.length - SUM);
  return record;
}

/** Reads the whole file once, a few megabytes at a time, and checks every sum. */
async function scan(handle: FileHandle): Promise<Found> {
  const positions = new Map<string, number>();
  const { size } = await handle.stat();
  const header = Buffer.alloc(HEADER);
  await handle.read(header, 0, HEADER, 0);
  const cols = header.readUInt32LE(8);
  if (size < HEADER) return { cols: 0, positions, length: 0 };
  if (!headerOf(cols).equals(header) || cols === 0 || cols > WIDEST)
    return { cols: 0, positions, length: 0, damage: 'has a wrong header' };
  const record = KEY + 4 * cols + SUM;
  const whole = Math.floor((size - HEADER) / record);
  const buffer = Buffer.alloc(Math.max(1, Math.floor(READ_AT_ONCE / record)) * record);
  for (let i = 0; i < whole;) {
    const at = HEADER + i * record;
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, (whole - i) * record), at);
    for (let offset = 0; offset + record <= bytesRead; offset += record, i++) {
      const bytes = buffer.subarray(offset, offset + record);
      if (crc32(bytes.subarray(0, -SUM)) !== bytes.readUInt32LE(record - SUM)) {
        // A crash can also leave a last record of the right length whose bytes never reached the disk.
        if (i === whole - 1) return { cols, positions, length: HEADER + i * record };
        return { cols, positions, length: 0, damage: `has a wrong checksum in record ${i} of ${whole}` };
      }
      positions.set(bytes.toString('latin1', 0, KEY), HEADER + i * record + KEY);
    }
  }
  return { cols, positions, length: HEADER + whole * record };
}
