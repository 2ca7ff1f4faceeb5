import { GateFormatError } from '../errors.js';

// safetensors: 8 bytes of header length (little-endian), a JSON header {name: {dtype, shape, data_offsets}}, then the numbers.

/** A named block of float64 numbers, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Tensors by name, and strings by name beside them. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Longest header read: a thousand times what a gate needs. */
const MAX_HEADER = 1 << 20;

/** safetensors bytes, float64, tensors in the order given: equal input gives equal bytes. */
export function encodeTensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F64', shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8, 8 + length);
  bytes.set(text, 8);
  let at = 8 + length;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * The tensors of safetensors bytes. Every length is checked against the bytes that are there before anything is allocated.
 * @throws GateFormatError naming what does not fit
 */
export function decodeTensors(bytes: Uint8Array): TensorFile {
  if (bytes.length < 8) throw new GateFormatError(`The file has ${bytes.length} bytes; a gate has at least 8.`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER, bytes.length - 8))) {
    throw new GateFormatError(
      `The file says its header is ${length} bytes long, but it has ${bytes.length} bytes in all; it is cut short or no safetensors file.`,
    );
  }
  const start = 8 + Number(length);
  const header = parseHeader(bytes.subarray(8, start));
  const metadata = stringsOf(header['__metadata__'] ?? {});
  const tensors: Record<string, Tensor> = {};
  let used = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { shape, begin, end } = requireEntry(name, entry);
    if (begin !== used || end > bytes.length - start) {
      throw new GateFormatError(
        `Tensor ${name} lies at bytes ${begin} to ${end} of ${bytes.length - start}; expected ${used} on.`,
      );
    }
    // Copied by a new Uint8Array: `slice` of the Buffer that readFile gives shares memory and would read from its start.
    const copy = new Uint8Array(bytes.subarray(start + begin, start + end));
    tensors[name] = { shape, data: new Float64Array(copy.buffer) };
    used = end;
  }
  if (used !== bytes.length - start) {
    throw new GateFormatError(
      `The file has ${bytes.length - start - used} bytes after its last tensor; write it again.`,
    );
  }
  return { tensors, metadata };
}

function parseHeader(text: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw new GateFormatError('The header is not JSON: the file is damaged or no safetensors file.');
  }
  if (!isRecord(header)) throw new GateFormatError('The header is not a JSON object: the file is no safetensors file.');
  return header;
}

function stringsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw new GateFormatError('The header has a __metadata__ that is not an object of strings.');
  const strings: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw new GateFormatError(`The header has a __metadata__.${name} that is not a string.`);
    strings[name] = text;
  }
  return strings;
}

function requireEntry(name: string, entry: unknown): { shape: number[]; begin: number; end: number } {
  if (!isRecord(entry) || entry['dtype'] !== 'F64') {
    throw new GateFormatError(`Tensor ${name} is not of type F64, which is what a gate is stored in.`);
  }
  const shape = countsOf(entry['shape']);
  const offsets = countsOf(entry['data_offsets']);
  if (shape === undefined || offsets?.length !== 2) {
    throw new GateFormatError(`Tensor ${name} has no list of sizes or no pair of offsets in whole numbers ≥ 0.`);
  }
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, value) => product * value, 8);
  if (size !== end - begin) {
    throw new GateFormatError(
      `Tensor ${name} of shape ${shape.join(' × ')} needs ${size} bytes, but has ${end - begin}.`,
    );
  }
  return { shape, begin, end };
}

function countsOf(value: unknown): number[] | undefined {
  const isCount = (entry: unknown): entry is number => Number.isSafeInteger(entry) && (entry as number) >= 0;
  return Array.isArray(value) && value.every(isCount) ? value : undefined;
}

/** Whether a parsed value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
