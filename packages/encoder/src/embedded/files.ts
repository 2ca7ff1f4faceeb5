import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ModelError, reasonOf } from '@mixture-of-personas/models';

/** A table of token vectors, V × D, in 8 bits per number, and the layers that make one vector of a text's rows. */
export interface EmbeddedModel {
  /** Row v is `scales[v] · values[v·D … v·D + D − 1]`. */
  readonly values: Int8Array;
  /** V, each finite. */
  readonly scales: Float32Array;
  /** D, a multiple of 16. */
  readonly cols: number;
  readonly layers: Layers;
  /** V pieces, row by row; the first is `[UNK]`, the row of a text in which no piece is known. */
  readonly vocabulary: readonly string[];
  /** SHA-256 of the files. */
  readonly fingerprint: string;
}

/** Factors of `textVectors`; matrices row by row. */
export interface Layers {
  /** R, a multiple of 4. */
  readonly rank: number;
  /** H, a multiple of 4. */
  readonly hidden: number;
  /** R × D. */
  readonly query: Float32Array;
  /** D × R. */
  readonly key: Float32Array;
  /** H × D. */
  readonly inner: Float32Array;
  /** H. */
  readonly bias: Float32Array;
  /** H × 2: what the logarithms of the number of tokens and of the length of their sum add. */
  readonly lengths: Float32Array;
  /** D × H. */
  readonly outer: Float32Array;
}

const REINSTALL = 'Install @mixture-of-personas/encoder again.';
const FILES = ['table.bin', 'layers.bin', 'vocabulary.txt'];

/**
 * Reads `table.bin` (uint32 V, uint32 D, V float32 scales, V × D int8), `layers.bin` (uint32 D, R, H, then float32: query, key, inner, bias,
 * lengths, outer; all little-endian) and `vocabulary.txt` (a piece a line).
 * @param folder the package's own `embedded` folder unless told otherwise
 * @throws ModelError `damaged` when a file is missing or they do not belong together
 */
export async function readEmbeddedModel(
  folder: string = fileURLToPath(new URL('../../embedded/', import.meta.url)),
): Promise<EmbeddedModel> {
  const files = await Promise.all(FILES.map((name) => read(folder, name)));
  const [table, layers, words] = files as [Buffer, Buffer, Buffer];
  const vocabulary = words.toString('utf8').replace(/\n$/, '').split('\n');
  const rows = tableIn(table, vocabulary.length);
  const parts = rows === undefined ? undefined : layersIn(layers, rows.cols);
  if (rows === undefined || parts === undefined) {
    const problem = `The embedded encoder in ${folder} is damaged: its table, its layers and its vocabulary do not belong together.`;
    throw new ModelError('damaged', problem, { remedy: REINSTALL });
  }
  const hash = createHash('sha256');
  for (const file of files) hash.update(file);
  return { ...rows, layers: parts, vocabulary, fingerprint: hash.digest('hex') };
}

/** Copied, because a view of float32 has to start at a multiple of 4 bytes. */
const copyOf = (file: Buffer): ArrayBuffer => new Uint8Array(file).buffer;

/** The uint32 numbers at the start of a file; zeros where it is shorter. */
function header(bytes: ArrayBuffer, count: number): number[] {
  return bytes.byteLength < 4 * count ? new Array<number>(count).fill(0) : [...new Uint32Array(bytes, 0, count)];
}

/** The table, or nothing where its size is not that of so many rows. */
function tableIn(file: Buffer, pieces: number): Pick<EmbeddedModel, 'values' | 'scales' | 'cols'> | undefined {
  const bytes = copyOf(file);
  const [rows, cols] = header(bytes, 2) as [number, number];
  if (rows !== pieces || cols === 0 || cols % 16 !== 0 || bytes.byteLength !== 8 + rows * (4 + cols)) return undefined;
  const scales = new Float32Array(bytes, 8, rows);
  return scales.every(Number.isFinite) ? { scales, values: new Int8Array(bytes, 8 + 4 * rows), cols } : undefined;
}

/** The layers, or nothing where their size is not what their numbers and the table's width say. */
function layersIn(file: Buffer, cols: number): Layers | undefined {
  const bytes = copyOf(file);
  const [width, rank, hidden] = header(bytes, 3) as [number, number, number];
  const sizes = [rank * cols, cols * rank, hidden * cols, hidden, 2 * hidden, cols * hidden];
  const numbers = sizes.reduce((sum, size) => sum + size, 0);
  if (width !== cols || rank === 0 || hidden === 0 || rank % 4 !== 0 || hidden % 4 !== 0) return undefined;
  if (bytes.byteLength !== 12 + 4 * numbers) return undefined;
  if (!new Float32Array(bytes, 12).every(Number.isFinite)) return undefined;
  let at = 12;
  const [query, key, inner, bias, lengths, outer] = sizes.map((size) => {
    const part = new Float32Array(bytes, at, size);
    at += 4 * size;
    return part;
  }) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  return { rank, hidden, query, key, inner, bias, lengths, outer };
}

async function read(folder: string, name: string): Promise<Buffer> {
  return readFile(`${folder}/${name}`).catch((error: unknown) => {
    const problem = `The embedded encoder's ${name} could not be read (${reasonOf(error)}).`;
    throw new ModelError('damaged', problem, { cause: error, remedy: REINSTALL });
  });
}
