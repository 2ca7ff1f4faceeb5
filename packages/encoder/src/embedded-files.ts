import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ModelFilesError, reasonOf } from './errors.js';

/** A table of token vectors, V × D, in 8 bits a number: row v is `scales[v] · values[v·D … v·D + D − 1]`. */
export interface TokenTable {
  readonly values: Int8Array;
  /** V, each finite. */
  readonly scales: Float32Array;
  /** D. */
  readonly cols: number;
  /** V pieces, row by row; the first is `[UNK]`, the row of a text in which no piece is known. */
  readonly vocabulary: readonly string[];
  /** SHA-256 of both files. */
  readonly fingerprint: string;
}

const HEADER = 8;

/**
 * Reads `table.bin` (uint32 V, uint32 D, V float32 scales, V × D int8; little-endian) and `vocabulary.txt` (a piece a line).
 * @param folder the package's own `embedded` folder unless told otherwise
 * @throws ModelFilesError when a file is missing or the two do not belong together
 */
export async function readTokenTable(
  folder: string = fileURLToPath(new URL('../embedded/', import.meta.url)),
): Promise<TokenTable> {
  const [table, words] = await Promise.all(['table.bin', 'vocabulary.txt'].map((name) => read(folder, name)));
  const vocabulary = words!.toString('utf8').replace(/\n$/, '').split('\n');
  // Copied, because a view of float32 has to start at a multiple of 4 bytes.
  const bytes = new Uint8Array(table!).buffer;
  const [rows, cols] = bytes.byteLength < HEADER ? [0, 0] : new Uint32Array(bytes, 0, 2);
  if (rows !== vocabulary.length || !cols || bytes.byteLength !== HEADER + rows * (4 + cols)) {
    throw new ModelFilesError(
      `The embedded encoder in ${folder} is damaged: its table and its vocabulary do not belong together. Install @mixture-of-personas/encoder again.`,
    );
  }
  return {
    scales: new Float32Array(bytes, HEADER, rows),
    values: new Int8Array(bytes, HEADER + 4 * rows),
    cols,
    vocabulary,
    fingerprint: createHash('sha256').update(table!).update(words!).digest('hex'),
  };
}

async function read(folder: string, name: string): Promise<Buffer> {
  return readFile(`${folder}/${name}`).catch((error: unknown) => {
    throw new ModelFilesError(
      `The embedded encoder's ${name} could not be read (${reasonOf(error)}). Install @mixture-of-personas/encoder again.`,
    );
  });
}
