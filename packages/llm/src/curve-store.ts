import * as nodeFiles from 'node:fs/promises';
import { join } from 'node:path';
import { decodeRecord, encodeRecord, HEADER_BYTES, isWhole, RECORD_BYTES, storeHeader } from './curve-record.js';
import { StoreError } from './errors.js';
import { RecordTable } from './record-table.js';
import type { CurveData } from './score-curve.js';

/** The part of `node:fs/promises` a store uses; tests give one that fails. */
export type StoreFiles = Pick<typeof nodeFiles, 'mkdir' | 'open' | 'rename' | 'readdir'>;

/** How to open a store. */
export interface ScoreStoreOptions {
  /** @defaultValue node:fs/promises */
  readonly files?: StoreFiles;
}

/** A curve and what it is filed under. */
export interface StoreEntry {
  /** 16 bytes, of `curveKey`. */
  readonly key: Uint8Array;
  readonly curve: CurveData;
}

/** Score curves on disk, all of them indexed in memory (at most 400 bytes a curve). One process writes at a time. */
export interface ScoreStore {
  readonly folder: string;
  /** Curves held. */
  readonly size: number;
  /** What was repaired when it was opened, a sentence each: a torn tail cut off, a damaged file set aside. */
  readonly repairs: readonly string[];
  get(key: Uint8Array): CurveData | undefined;
  /**
   * Appends curves; on return they survive the death of this process.
   * @throws StoreError `disk-full` or `not-writable`; curves stored before stay intact, none of these is kept
   */
  append(entries: readonly StoreEntry[]): Promise<void>;
  close(): Promise<void>;
}

type File = Awaited<ReturnType<StoreFiles['open']>>;

/** A file's records: which are whole, and where the last whole one ends. */
interface Scan {
  readonly headerFits: boolean;
  readonly bytes: number;
  readonly wholeUpTo: number;
  /** Damaged records before the last whole one. */
  readonly damaged: number;
}

const BLOCK_RECORDS = 4096;

/** Bytes [from, from + length) of a file, fewer at its end. */
async function readBlock(file: File, from: number, length: number): Promise<Buffer> {
  const block = Buffer.alloc(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await file.read(block, got, length - got, from + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return block.subarray(0, got);
}

/** Reads every record, 800 kB at a time, and puts the whole ones into the table. */
async function scan(file: File, table: RecordTable): Promise<Scan> {
  const { size: bytes } = await file.stat();
  const headerFits = (await readBlock(file, 0, HEADER_BYTES)).equals(storeHeader());
  let wholeUpTo = HEADER_BYTES;
  let damaged = 0;
  let broken = 0; // since the last whole record
  for (let at = HEADER_BYTES; headerFits && at < bytes; at += BLOCK_RECORDS * RECORD_BYTES) {
    const block = await readBlock(file, at, BLOCK_RECORDS * RECORD_BYTES);
    for (let i = 0; i + RECORD_BYTES <= block.length; i += RECORD_BYTES) {
      const record = block.subarray(i, i + RECORD_BYTES);
      if (!isWhole(record)) {
        broken++;
        continue;
      }
      table.set(record);
      damaged += broken;
      broken = 0;
      wholeUpTo = at + i + RECORD_BYTES;
    }
  }
  return { headerFits, bytes, wholeUpTo, damaged };
}

/** Moves a file to the first free `curves.damaged-N.bin` and returns that name. */
async function setAside(folder: string, files: StoreFiles): Promise<string> {
  const names = new Set(await files.readdir(folder));
  let n = 1;
  while (names.has(`curves.damaged-${n}.bin`)) n++;
  const name = `curves.damaged-${n}.bin`;
  await files.rename(join(folder, 'curves.bin'), join(folder, name));
  return name;
}

/** Writes all of `bytes` at `position`. */
async function writeAll(file: File, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}

function storeError(folder: string, error: unknown): StoreError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const message = `The disk that holds the score store ${folder} is full; free some space and run again: curves scored so far are kept.`;
    return new StoreError('disk-full', message, { cause: error });
  }
  const message = `The score store ${folder} cannot be written (${code ?? String(error)}); check that the folder exists and is yours.`;
  return new StoreError('not-writable', message, { cause: error });
}

class FileStore implements ScoreStore {
  readonly folder: string;
  readonly repairs: readonly string[];
  readonly #table: RecordTable;
  readonly #file: File;
  #end: number;
  #last: Promise<void> = Promise.resolve();

  constructor(folder: string, opened: { file: File; table: RecordTable; end: number; repairs: readonly string[] }) {
    this.folder = folder;
    this.repairs = opened.repairs;
    this.#table = opened.table;
    this.#file = opened.file;
    this.#end = opened.end;
  }

  get size(): number {
    return this.#table.size;
  }

  get(key: Uint8Array): CurveData | undefined {
    const record = this.#table.get(key);
    return record === undefined ? undefined : decodeRecord(record);
  }

  append(entries: readonly StoreEntry[]): Promise<void> {
    const turn = this.#last.then(() => this.#write(entries.map(({ key, curve }) => encodeRecord(key, curve))));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #write(records: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(records);
    try {
      await writeAll(this.#file, bytes, this.#end);
    } catch (error) {
      await this.#file.truncate(this.#end).catch(() => undefined); // a tail left behind is cut off at the next opening
      throw storeError(this.folder, error);
    }
    this.#end += bytes.length;
    for (const record of records) this.#table.set(record);
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file.close();
  }
}

/** Opens `curves.bin` for reading and writing, made when absent. */
async function openFile(folder: string, files: StoreFiles): Promise<File> {
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

/** Starts a new file with the records that were whole in the damaged one; it appears under its name only when complete. */
async function salvage(folder: string, files: StoreFiles, table: RecordTable): Promise<File> {
  const part = join(folder, 'curves.part');
  const file = await files.open(part, 'w+');
  await writeAll(file, Buffer.concat([storeHeader(), ...table.records()]), 0);
  await files.rename(part, join(folder, 'curves.bin'));
  return file;
}

async function openRepaired(folder: string, files: StoreFiles): Promise<FileStore> {
  await files.mkdir(folder, { recursive: true });
  const file = await openFile(folder, files);
  const table = new RecordTable();
  const { headerFits, bytes, wholeUpTo, damaged } = await scan(file, table);
  if (headerFits && damaged === 0) {
    if (bytes === wholeUpTo) return new FileStore(folder, { file, table, end: bytes, repairs: [] });
    await file.truncate(wholeUpTo);
    const repairs = [
      `${folder}/curves.bin ended in an unfinished write of ${bytes - wholeUpTo} bytes, which was cut off; ${table.size} curves are intact.`,
    ];
    return new FileStore(folder, { file, table, end: wholeUpTo, repairs });
  }
  await file.close();
  const name = await setAside(folder, files);
  const what = headerFits ? `has ${damaged} damaged records` : 'is not a score store of this version';
  const repairs = [
    `${folder}/curves.bin ${what}; it was set aside as ${name} and ${table.size} whole curves were kept.`,
  ];
  const fresh = await salvage(folder, files, table);
  return new FileStore(folder, { file: fresh, table, end: HEADER_BYTES + table.size * RECORD_BYTES, repairs });
}

/**
 * Opens the score store in a folder, made when absent. A write cut short by a crash is cut off; a file damaged elsewhere is set
 * aside under a name that `repairs` gives, and its whole records are kept.
 * @param folder such as a run's `scores/`
 * @throws StoreError `disk-full` or `not-writable`
 */
export async function openScoreStore(
  folder: string,
  { files = nodeFiles }: ScoreStoreOptions = {},
): Promise<ScoreStore> {
  try {
    return await openRepaired(folder, files);
  } catch (error) {
    throw storeError(folder, error);
  }
}
