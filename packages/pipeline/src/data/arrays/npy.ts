import { toFloat32, type Matrix } from '@mixture-of-personas/numeric';
import { UserError } from '../../errors.js';
import { readElements, type Dtype } from './npy-elements.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
/** numpy leaves room for the row count to grow to this many digits. */
const GROWTH_DIGITS = 21;
const ALIGNMENT = 64;
/** Real headers have about a hundred bytes; numpy itself warns above this. */
const LONGEST_HEADER = 10_000;

interface NpyHeader {
  readonly dtype: Dtype;
  readonly fortran: boolean;
  readonly rows: number;
  readonly cols: number;
  /** Offset at which the numbers start. */
  readonly offset: number;
}

/**
 * A matrix from the bytes of a `.npy` file (format versions 1, 2 and 3; float16, float32 and float64 in either byte order; C and Fortran order).
 * Float16 and float32 become float32, float64 stays. The header is checked against the file's size before anything is allocated.
 * @param bytes the whole file
 * @param name for messages
 * @throws UserError `bad-npy` when it is no such file or not a two-dimensional array of floats
 */
export function decodeNpy(bytes: Uint8Array, name: string): Matrix {
  const { dtype, fortran, rows, cols, offset } = headerOf(bytes, name);
  const needed = rows * cols * dtype.bytes;
  const there = bytes.length - offset;
  if (needed !== there) {
    const verdict = there < needed ? 'the file is cut off' : 'something follows the array';
    throw bad(name, `its header promises ${rows} × ${cols} numbers, ${needed} bytes, and ${there} follow: ${verdict}`);
  }
  const data = readElements(bytes.subarray(offset), rows * cols, dtype);
  return fortran ? { data: transpose(data, rows, cols), rows, cols } : { data, rows, cols };
}

/** A matrix as numpy's `save` writes it: float32, C order, version 1 header, byte for byte. */
export function encodeNpy(matrix: Matrix): Uint8Array {
  return Buffer.concat([npyHeader(matrix.rows, matrix.cols), float32Bytes(matrix)]);
}

/** Header of a float32 matrix in C order; its length does not depend on `rows`, so it can be written again when they are counted. */
export function npyHeader(rows: number, cols: number): Uint8Array {
  const growth = ' '.repeat(GROWTH_DIGITS - String(rows).length);
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${cols}), }${growth}`;
  const before = MAGIC.length + 4;
  const padded = Math.ceil((before + text.length + 1) / ALIGNMENT) * ALIGNMENT - before;
  const bytes = new Uint8Array(before + padded);
  bytes.set([...MAGIC, 1, 0, padded & 0xff, padded >> 8]);
  bytes.set(new TextEncoder().encode(`${text.padEnd(padded - 1)}\n`), before);
  return bytes;
}

/** Float32 numbers of a matrix, row by row, as a view; little-endian, as every platform of Node has them. */
export function float32Bytes(matrix: Matrix): Uint8Array {
  const { buffer, byteOffset, byteLength } = toFloat32(matrix).data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function headerOf(bytes: Uint8Array, name: string): NpyHeader {
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) throw bad(name, 'it does not start as one');
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw bad(name, `its format version is ${version} where 1 to 3 are known`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw bad(name, 'its header is cut off');
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER) throw bad(name, `its header claims ${length} bytes, far beyond any real one`);
  if (bytes.length < start + length) throw bad(name, 'its header is cut off');
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, start + length));
  return { ...fieldsOf(text, name), offset: start + length };
}

/** Kinds of numpy's numbers that are no matrix of floats. */
const KINDS: Readonly<Record<string, string>> = {
  b: 'booleans',
  i: 'integers',
  u: 'integers',
  f: 'extended floats',
  c: 'complex numbers',
  V: 'raw bytes, as bfloat16 is saved',
  O: 'Python objects',
  S: 'text',
  U: 'text',
  M: 'dates',
  m: 'durations',
};

/** The header is a Python dictionary; only what numpy writes is understood, nothing is evaluated. */
function fieldsOf(text: string, name: string): Omit<NpyHeader, 'offset'> {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (order === undefined || shape === undefined) throw bad(name, 'its header has no order or shape');
  const dtype = /^[<>=|]?f([248])$/.exec(descr ?? '');
  if (descr === undefined || dtype === null) {
    const kind = KINDS[/^[<>=|]?([a-zA-Z])/.exec(descr ?? '')?.[1] ?? ''] ?? 'records';
    const given = descr === undefined ? kind : `${descr} (${kind})`;
    throw bad(name, `its numbers are ${given} where f2, f4 or f8 is needed; save it with .astype("float32")`);
  }
  const sizes = (shape.match(/\d+/g) ?? []).map(Number);
  const [rows, cols] = sizes;
  if (sizes.length !== 2 || rows === undefined || cols === undefined) {
    const given = sizes.join(', ');
    throw bad(name, `its shape is (${given}) where rows and columns are needed; save it with .reshape(n, d)`);
  }
  if (rows < 1 || cols < 1 || !Number.isSafeInteger(rows * cols * 8)) throw bad(name, `${rows} × ${cols} is no matrix`);
  const numbers: Dtype = { bytes: Number(dtype[1]) as 2 | 4 | 8, littleEndian: !descr.startsWith('>') };
  return { dtype: numbers, fortran: order === 'True', rows, cols };
}

function transpose<Data extends Float32Array | Float64Array>(data: Data, rows: number, cols: number): Data {
  const out = data.slice() as Data;
  for (let j = 0; j < cols; j++) for (let i = 0; i < rows; i++) out[i * cols + j] = data[j * rows + i] ?? 0;
  return out;
}

function bad(name: string, reason: string): UserError {
  return new UserError('bad-npy', `${name} cannot be read as .npy: ${reason}.`);
}
