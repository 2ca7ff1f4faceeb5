import { readSync } from 'node:fs';
import * as nodeFiles from 'node:fs/promises';
import { openIndex, type KeptIndex } from './curve-checkpoints.js';
import {
  openLog,
  positionOf,
  salvage,
  scan,
  setAside,
  writeAll,
  type File,
  type StoreFiles,
  type StorePlace,
} from './curve-log.js';
import { decodeRecord, encodeRecord, isWhole, KEY_BYTES, RECORD_BYTES } from './curve-record.js';
import { StoreError } from '../model/errors.js';
import type { CurveData } from '../scoring/score-curve.js';

export type { StoreFiles } from './curve-log.js';

/** Options for opening a store. */
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

/** Score curves on disk: an append-only log of 192 bytes per curve, and in memory an index of 11 to 22. One process writes at a time. */
export interface ScoreStore {
  readonly folder: string;
  /** Curves held. */
  readonly size: number;
  /**
   * Repairs, one sentence each: a torn tail cut off, a damaged file set aside. Grows when a damaged record is met later: its curve is then
   * scored again, and the next opening sets the file aside.
   */
  readonly repairs: readonly string[];
  /** The curve of a key, read from the disk; undefined when there is none that is whole. */
  get(key: Uint8Array): CurveData | undefined;
  /**
   * Appends curves; on return they survive the death of this process.
   * @throws StoreError `disk-full` or `not-writable`; curves stored before stay intact, none of these is kept
   */
  append(entries: readonly StoreEntry[]): Promise<void>;
  close(): Promise<void>;
}

function storeError(folder: string, error: unknown): StoreError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const disk = `The disk that holds the score store ${folder}`;
  const kept = 'and run again: curves scored so far are kept.';
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StoreError('disk-full', `${disk} is full; free some space ${kept}`, { cause: error });
  const message =
    code === 'EIO'
      ? `${disk} failed to read or write; check the disk ${kept}`
      : `The score store ${folder} cannot be written (${code ?? String(error)}); check that the folder exists and is yours.`;
  return new StoreError('not-writable', message, { cause: error });
}

/** Reads records of a log, one at a time into memory of its own. */
function recordReader(file: File) {
  const record = Buffer.alloc(RECORD_BYTES);
  /** Whether the record in memory is of this key. */
  const isOf = (key: Uint8Array): boolean => record.compare(key, 0, KEY_BYTES, 0, KEY_BYTES) === 0;
  /** Reads a row's record; false when the disk does not give it. */
  const read = (row: number): boolean => {
    try {
      return readSync(file.fd, record, 0, RECORD_BYTES, positionOf(row)) === RECORD_BYTES;
    } catch {
      return false;
    }
  };
  return { record, isOf, read, hasKey: (row: number, key: Uint8Array): boolean => read(row) && isOf(key) };
}

class FileStore implements ScoreStore {
  readonly folder: string;
  readonly repairs: string[] = [];
  readonly #file: File;
  readonly #kept: KeptIndex;
  readonly #reader: ReturnType<typeof recordReader>;
  readonly #damaged = new Set<number>();
  #last: Promise<void> = Promise.resolve();

  constructor({ folder, log }: StorePlace, kept: KeptIndex) {
    this.folder = folder;
    this.#file = log;
    this.#kept = kept;
    this.#reader = recordReader(log);
  }

  get size(): number {
    return this.#kept.index.size;
  }

  get(key: Uint8Array): CurveData | undefined {
    const reader = this.#reader;
    const row = this.#kept.index.find(key, (at) => {
      if (reader.read(at) && isWhole(reader.record)) return reader.isOf(key);
      this.#noteDamage(at);
      return false;
    });
    return row < 0 ? undefined : decodeRecord(reader.record);
  }

  append(entries: readonly StoreEntry[]): Promise<void> {
    const turn = this.#last.then(() => this.#write(entries));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #write(entries: readonly StoreEntry[]): Promise<void> {
    const bytes = Buffer.concat(entries.map(({ key, curve }) => encodeRecord(key, curve)));
    const end = positionOf(this.#kept.index.rows);
    try {
      await writeAll(this.#file, bytes, end);
    } catch (error) {
      await this.#file.truncate(end).catch(() => undefined); // a tail left behind is cut off at the next opening
      throw storeError(this.folder, error);
    }
    for (const { key } of entries) this.#kept.index.add(key, (row) => this.#reader.hasKey(row, key));
    if (this.#damaged.size === 0) await this.#kept.keep();
  }

  #noteDamage(row: number): void {
    if (this.#damaged.has(row)) return;
    this.#damaged.add(row);
    if (this.#damaged.size > 1) return;
    this.repairs.push(
      `${this.folder}/curves.bin has a damaged record (${row}); what it held is scored again, and the next run sets the file aside.`,
    );
  }

  async close(): Promise<void> {
    await this.#last;
    if (this.#damaged.size > 0) await this.#kept.drop();
    else await this.#kept.close();
    await this.#file.close();
  }
}

/** @param salvaged whether the log holds what was whole of one set aside, and is taken as it is */
async function openRepaired(folder: string, files: StoreFiles, salvaged = false): Promise<FileStore> {
  await files.mkdir(folder, { recursive: true });
  const log = await openLog(folder, files);
  try {
    const reader = recordReader(log);
    const keyAt = (row: number): Uint8Array | undefined =>
      reader.read(row) ? Uint8Array.from(reader.record.subarray(0, KEY_BYTES)) : undefined;
    const place = { folder, files, log };
    const kept = await openIndex(place, keyAt);
    const { index } = kept;
    const found = await scan(log, index, (row, key) => reader.hasKey(row, key));
    const { headerFits, bytes, wholeUpTo, damaged } = found;
    if (salvaged || (headerFits && damaged === 0)) {
      const store = new FileStore(place, kept);
      if (bytes === wholeUpTo) return store;
      await log.truncate(wholeUpTo);
      const torn = `an unfinished write of ${bytes - wholeUpTo} bytes`;
      store.repairs.push(`${folder}/curves.bin ended in ${torn}, which was cut off; ${index.size} curves are intact.`);
      return store;
    }
    await kept.drop();
    await log.close();
    const what = headerFits
      ? `has ${damaged} damaged ${damaged === 1 ? 'record' : 'records'}`
      : 'is not a score store of this version';
    const name = await setAside(folder, files);
    await salvage(folder, files, name);
    const store = await openRepaired(folder, files, true);
    const left = `${store.size} whole curves were kept`;
    store.repairs.push(`${folder}/curves.bin ${what}; it was set aside as ${name} and ${left}.`);
    return store;
  } catch (error) {
    await log.close().catch(() => undefined);
    throw error;
  }
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
