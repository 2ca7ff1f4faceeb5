import { readFile } from 'node:fs/promises';
import { ModelError, property } from '@mixture-of-personas/models';

/** A tensor in float32, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Reads the tensors of a safetensors file: a uint64 length, a JSON header of so many bytes that gives each tensor's type, shape and
 * place, then the numbers, little-endian. F32, F16 and BF16 are read.
 * @throws ModelError `unsupported` for other types, or a damaged file
 */
export async function readSafetensors(path: string): Promise<ReadonlyMap<string, Tensor>> {
  const bytes = await readFile(path);
  const tensors = new Map<string, Tensor>();
  let header: unknown;
  const start = bytes.length < 8 ? NaN : 8 + Number(bytes.readBigUInt64LE());
  try {
    if (start <= bytes.length) header = JSON.parse(bytes.toString('utf8', 8, start));
  } catch {
    header = undefined;
  }
  if (typeof header !== 'object' || header === null) throw damaged(path, 'its header');
  for (const [name, entry] of Object.entries(header as Record<string, unknown>)) {
    if (name === '__metadata__') continue;
    const [from, to] = numbersIn(property(entry, 'data_offsets'));
    const shape = numbersIn(property(entry, 'shape'));
    const size = shape.reduce((product, side) => product * side, 1);
    const type = String(property(entry, 'dtype'));
    const decode = DECODERS[type];
    if (decode === undefined) {
      const remedy = 'Save the model with float32 weights.';
      throw new ModelError('unsupported', `${path} holds ${name} as ${type}; F32, F16 and BF16 are read.`, { remedy });
    }
    const width = type === 'F32' ? 4 : 2;
    const whole = from !== undefined && to !== undefined && to - from === width * size && start + to <= bytes.length;
    if (!whole) throw damaged(path, name);
    const part = bytes.subarray(start + from, start + to);
    tensors.set(name, { shape, data: Float32Array.from({ length: size }, (_, i) => decode(part, width * i)) });
  }
  return tensors;
}

const DECODERS: Readonly<Partial<Record<string, (bytes: Buffer, at: number) => number>>> = {
  F32: (bytes, at) => bytes.readFloatLE(at),
  BF16: (bytes, at) => {
    const word = Buffer.alloc(4);
    bytes.copy(word, 2, at, at + 2);
    return word.readFloatLE(0);
  },
  F16: (bytes, at) => {
    const half = bytes.readUInt16LE(at);
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
  },
};

function numbersIn(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'number') : [];
}

function damaged(path: string, what: string): ModelError {
  return new ModelError('unsupported', `${path} is damaged at ${what}.`, { remedy: 'Download the model again.' });
}
