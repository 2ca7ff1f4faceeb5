/** A row as a format's reader gives it: named values of any type, and where it stands for messages and ids. */
export interface RawRow {
  readonly fields: Readonly<Record<string, unknown>>;
  /** In words: "line 7", "row 12", "file pos/3_9.txt". */
  readonly where: string;
  /** Unique within its source: the line or row number (from 1), or the file's name. */
  readonly key: string;
}

/** Readers take chunks of bytes, in order, so that they never open a file. */
export type ByteChunks = AsyncIterable<Uint8Array>;
