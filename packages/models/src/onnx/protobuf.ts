// The frame of the protobuf wire format: enough to walk a message, replace a field and write one.
// A field is a varint key (number << 3 | wire type), then a varint (type 0), 8 bytes (1), a length and bytes (2) or 4 bytes (5).

/** One field of a message. */
export interface Field {
  readonly number: number;
  /** Value that follows the key and, for wire type 2, the length. */
  readonly content: Uint8Array;
  /** The whole field, key included. */
  readonly bytes: Uint8Array;
}

/** Reads a varint (below 2^53) at `at`; returns its value and where the next byte is. */
function readVarint(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0, i = at; i < bytes.length; i++, shift += 7) {
    const byte = bytes[i] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, i + 1];
  }
  throw new RangeError('The protobuf message ends in the middle of a number.');
}

/**
 * The fields of a message in order, as views of its bytes.
 * @throws RangeError when the bytes are not a protobuf message
 */
export function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length;) {
    const [key, afterKey] = readVarint(message, at);
    const [from, to] = contentSpan(message, key & 7, afterKey);
    if (to > message.length) throw new RangeError('The protobuf message is cut short.');
    fields.push({ number: Math.floor(key / 8), content: message.subarray(from, to), bytes: message.subarray(at, to) });
    at = to;
  }
  return fields;
}

function contentSpan(message: Uint8Array, wireType: number, at: number): [from: number, to: number] {
  if (wireType === 0) return [at, readVarint(message, at)[1]];
  if (wireType === 1) return [at, at + 8];
  if (wireType === 5) return [at, at + 4];
  if (wireType !== 2) throw new RangeError(`The protobuf message has a field of unknown wire type ${wireType}.`);
  const [length, from] = readVarint(message, at);
  return [from, from + length];
}

/** A wire-type-2 field's content as text. */
export function textOf(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

/** One array of all the bytes. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** A field of bytes or of a nested message: wire type 2. */
export function lengthDelimited(number: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return joinBytes([varint(number * 8 + 2), varint(length), ...parts]);
}

/** A text field. */
export function textField(number: number, text: string): Uint8Array {
  return lengthDelimited(number, [new TextEncoder().encode(text)]);
}

/** A number field (varint), ≥ 0. */
export function numberField(number: number, value: number): Uint8Array {
  return joinBytes([varint(number * 8), varint(value)]);
}
