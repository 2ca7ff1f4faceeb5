/** Storage of one number. */
export interface Dtype {
  readonly bytes: 2 | 4 | 8;
  readonly littleEndian: boolean;
}

/** The first `count` numbers of `bytes`: float32 for half and single precision, float64 for double. */
export function readElements(
  bytes: Uint8Array,
  count: number,
  { bytes: size, littleEndian }: Dtype,
): Float32Array | Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = size === 8 ? new Float64Array(count) : new Float32Array(count);
  const read = {
    2: (at: number) => halfToNumber(view.getUint16(at, littleEndian)),
    4: (at: number) => view.getFloat32(at, littleEndian),
    8: (at: number) => view.getFloat64(at, littleEndian),
  }[size];
  for (let i = 0; i < count; i++) data[i] = read(i * size);
  return data;
}

/** IEEE 754 half precision: 1 sign bit, 5 of exponent (bias 15), 10 of fraction. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
