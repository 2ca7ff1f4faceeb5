// fflate reads damaged arrays without a word, as it checks no checksum (test/data/arrays/npy.test.ts), so the archive is read here.
import { crc32, inflateRawSync } from 'node:zlib';
import { UserError } from '../../errors.js';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_FILE = 0x04034b50;
/** An end record is 22 bytes and a comment of at most 65,535. */
const LONGEST_END = 22 + 65_535;
/** Deflate cannot shrink more than about 1,032 times; a larger claim is a trap. */
const LARGEST_RATIO = 1_100;

type Numbers = [crc: number, packed: number, size: number, local: number];

/** An array in an archive, not yet unpacked. */
export interface NpzEntry {
  /** Name without `.npy`. */
  readonly name: string;
  /** The bytes of the `.npy` file. @throws UserError `bad-npz` when they are damaged or not what the directory says */
  read(): Uint8Array;
}

/**
 * The arrays of a `.npz` archive (`numpy.savez` and `savez_compressed`), as the directory at its end lists them. Archives above 4 GB are refused.
 * @param bytes the whole file
 * @param name for messages
 * @throws UserError `bad-npz` when it is no archive or is cut off
 */
export function npzEntries(bytes: Uint8Array, name: string): NpzEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOfDirectory(view, name);
  const count = view.getUint16(end + 10, true);
  const entries: NpzEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) throw bad(name, 'its directory is damaged');
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const file = new TextDecoder().decode(bytes.subarray(at + 46, nameEnd));
    const entry = at;
    if (file.endsWith('.npy'))
      entries.push({ name: file.slice(0, -4), read: () => unpack(view, entry, `${name}#${file}`) });
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true); // past extra field and comment
  }
  return entries;
}

/** The bytes of the file that the directory describes at `entry`. */
function unpack(view: DataView, entry: number, label: string): Uint8Array {
  const method = view.getUint16(entry + 10, true); // 0 stored, 8 deflated
  const [crc, packed, size, local] = [16, 20, 24, 42].map((offset) => view.getUint32(entry + offset, true)) as Numbers;
  if (packed === 0xffffffff || size === 0xffffffff) throw bad(label, 'it is larger than 4 GB');
  if (local + 30 > view.byteLength || view.getUint32(local, true) !== LOCAL_FILE)
    throw bad(label, 'it is not where the directory says');
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packed > view.byteLength) throw bad(label, 'it is cut off');
  if (size > packed * LARGEST_RATIO + 64) throw bad(label, `it claims to unpack from ${packed} to ${size} bytes`);
  const content = new Uint8Array(view.buffer, view.byteOffset + start, packed);
  const unpacked = method === 0 ? content : method === 8 ? inflate(content, size, label) : undefined;
  if (unpacked === undefined) throw bad(label, `its compression method ${method} is neither 0 nor 8`);
  if (unpacked.length !== size || crc32(unpacked) !== crc) throw bad(label, 'its bytes are damaged (wrong checksum)');
  return unpacked;
}

function inflate(content: Uint8Array, size: number, label: string): Uint8Array {
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw bad(label, 'its bytes are damaged');
  }
}

function endOfDirectory(view: DataView, name: string): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - LONGEST_END); at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  }
  throw bad(name, 'it is no zip archive, or is cut off');
}

function bad(name: string, reason: string): UserError {
  return new UserError('bad-npz', `${name} cannot be read as .npz: ${reason}.`);
}
