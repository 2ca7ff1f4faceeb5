import type * as nodeFiles from 'node:fs/promises';
import { join } from 'node:path';
import type { CurveIndex } from './curve-index.js';
import { HEADER_BYTES, isWhole, KEY_BYTES, RECORD_BYTES, storeHeader } from './curve-record.js';

/** The part of `node:fs/promises` a store uses; tests give one that fails. */
export type StoreFiles = Pick<typeof nodeFiles, 'mkdir' | 'open' | 'rename' | 'readdir' | 'rm'>;

/** An open file. */
export type File = Awaited<ReturnType<StoreFiles['open']>>;

/** A store's log, open, and where it lies. */
export interface StorePlace {
  readonly folder: string;
  readonly files: StoreFiles;
  readonly log: File;
}

const BLOCK_RECORDS = 4096;

/** Bytes [from, from + length) of a file, fewer at its end. */
export async function readBlock(file: File, from: number, length: number): Promise<Buffer> {
  const block = Buffer.alloc(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await file.read(block, got, length - got, from + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return block.subarray(0, got);
}

/** Writes all of `bytes` at `position`. */
export async function writeAll(file: File, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}

/** The bytes of a file beside the log; undefined when it cannot be read, or is larger than `most` and so none of ours. */
export async function readBeside(
  { folder, files }: StorePlace,
  name: string,
  most: number,
): Promise<Buffer | undefined> {
  let file: File | undefined;
  try {
    file = await files.open(join(folder, name), 'r');
    const { size } = await file.stat();
    return size > most ? undefined : await readBlock(file, 0, size);
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

/** First byte of a row's record. */
export function positionOf(row: number): number {
  return HEADER_BYTES + row * RECORD_BYTES;
}

/** CRC-32 field of the record before a row, by which a log is known again; 0 before the first row. */
export async function sealOf(log: File, rows: number): Promise<number> {
  const record = rows === 0 ? Buffer.alloc(0) : await readBlock(log, positionOf(rows - 1), RECORD_BYTES);
  return record.length < RECORD_BYTES ? 0 : record.readUInt32LE(20);
}

/**
 * Reads the records that the index does not know yet, 800 kB at a time, and notes the whole ones in it.
 * @param isAt whether a row's record has a key
 * @returns where the last whole record ends, and how many before it are damaged
 */
export async function scan(
  file: File,
  index: CurveIndex,
  isAt: (row: number, key: Uint8Array) => boolean,
): Promise<{ headerFits: boolean; bytes: number; wholeUpTo: number; damaged: number }> {
  const { size: bytes } = await file.stat();
  const headerFits = (await readBlock(file, 0, HEADER_BYTES)).equals(storeHeader());
  let wholeUpTo = positionOf(index.rows);
  let damaged = 0;
  let broken = 0; // since the last whole record
  for (let at = wholeUpTo; headerFits && at < bytes; at += BLOCK_RECORDS * RECORD_BYTES) {
    const block = await readBlock(file, at, BLOCK_RECORDS * RECORD_BYTES);
    for (let i = 0; i + RECORD_BYTES <= block.length; i += RECORD_BYTES) {
      const record = block.subarray(i, i + RECORD_BYTES);
      if (!isWhole(record)) {
        broken++;
        continue;
      }
      for (; broken > 0; broken--, damaged++) index.skip();
      const key = record.subarray(0, KEY_BYTES);
      index.add(key, (row) => isAt(row, key));
      wholeUpTo = at + i + RECORD_BYTES;
    }
  }
  return { headerFits, bytes, wholeUpTo, damaged };
}

/** Opens `curves.bin` for reading and writing, made when absent. */
export async function openLog(folder: string, files: StoreFiles): Promise<File> {
  const path = join(folder, 'curves.bin');
  try {
    return await files.open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const file = await files.open(path, 'wx+');
    await writeAll(file, storeHeader(), 0);
    return file;
  }
}

/** Moves the log to the first free `curves.damaged-N.bin` and returns that name. */
export async function setAside(folder: string, files: StoreFiles): Promise<string> {
  const names = new Set(await files.readdir(folder));
  let n = 1;
  while (names.has(`curves.damaged-${n}.bin`)) n++;
  const name = `curves.damaged-${n}.bin`;
  await files.rename(join(folder, 'curves.bin'), join(folder, name));
  return name;
}

/** Starts a new log with the whole records of the one set aside; it appears under its name only when complete. */
export async function salvage(folder: string, files: StoreFiles, name: string): Promise<void> {
  const part = join(folder, 'curves.part');
  const file = await files.open(part, 'w');
  const damaged = await files.open(join(folder, name), 'r');
  try {
    await writeAll(file, storeHeader(), 0);
    const headerFits = (await readBlock(damaged, 0, HEADER_BYTES)).equals(storeHeader());
    for (let at = HEADER_BYTES, end = HEADER_BYTES; headerFits; at += BLOCK_RECORDS * RECORD_BYTES) {
      const block = await readBlock(damaged, at, BLOCK_RECORDS * RECORD_BYTES);
      if (block.length === 0) break;
      const records = Array.from({ length: Math.floor(block.length / RECORD_BYTES) }, (_, i) =>
        block.subarray(i * RECORD_BYTES, (i + 1) * RECORD_BYTES),
      );
      const whole = Buffer.concat(records.filter(isWhole));
      await writeAll(file, whole, end);
      end += whole.length;
    }
  } finally {
    await damaged.close();
    await file.close();
  }
  await files.rename(part, join(folder, 'curves.bin'));
}
