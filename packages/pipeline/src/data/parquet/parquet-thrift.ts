// Parquet describes itself in Thrift's compact protocol. This reader trusts nothing: numbers of at most 10 bytes, lists and strings no longer than
// what is left, structures no deeper than Parquet's own.

/** A structure's whole numbers, truths (1 or 0) and structures by field number; lists and strings are checked and left out. */
export interface ThriftFields {
  readonly [field: number]: number | ThriftFields | undefined;
}

/** Position of the reader. */
export interface ThriftCursor {
  readonly bytes: Uint8Array;
  at: number;
}

const LONGEST_NUMBER = 10;
const DEEPEST = 24;

/** The structure at the cursor, which moves behind it. @throws RangeError when it is none or runs beyond the bytes */
export function readFields(cursor: ThriftCursor, depth = 0): ThriftFields {
  if (depth > DEEPEST) throw new RangeError('structures lie in structures without end');
  const fields: Record<number, number | ThriftFields | undefined> = {};
  for (let id = 0; ;) {
    const head = byteAt(cursor);
    if ((head & 15) === 0) return fields;
    id = head >> 4 === 0 ? signed(cursor) : id + (head >> 4);
    fields[id] = valueOf(cursor, head & 15, depth);
  }
}

function valueOf(cursor: ThriftCursor, type: number, depth: number): number | ThriftFields | undefined {
  if (type === 1 || type === 2) return 2 - type;
  if (type === 3) return byteAt(cursor);
  if (type >= 4 && type <= 6) return signed(cursor);
  if (type === 7) return skip(cursor, 8);
  if (type === 8) return skip(cursor, unsigned(cursor));
  if (type === 9) return skipList(cursor, depth);
  if (type === 12) return readFields(cursor, depth + 1);
  throw new RangeError(`there is no type ${type}`);
}

function skipList(cursor: ThriftCursor, depth: number): undefined {
  const head = byteAt(cursor);
  const count = head >> 4 === 15 ? unsigned(cursor) : head >> 4;
  const type = head & 15;
  if (count > cursor.bytes.length - cursor.at) throw new RangeError(`a list of ${count} does not fit`);
  for (let i = 0; i < count; i++) valueOf(cursor, type <= 2 ? 3 : type, depth + 1);
}

function skip(cursor: ThriftCursor, count: number): undefined {
  if (count > cursor.bytes.length - cursor.at) throw new RangeError(`${count} bytes do not fit`);
  cursor.at += count;
}

function byteAt(cursor: ThriftCursor): number {
  const byte = cursor.bytes[cursor.at++];
  if (byte === undefined) throw new RangeError('it ends too early');
  return byte;
}

/** A number of 7 bits a byte, the low ones first. @throws RangeError beyond 10 bytes, also when the bytes end */
export function unsigned(cursor: ThriftCursor): number {
  let value = 0;
  for (let i = 0, scale = 1; i < LONGEST_NUMBER; i++, scale *= 128) {
    const byte = byteAt(cursor);
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
  throw new RangeError('a number does not end');
}

function signed(cursor: ThriftCursor): number {
  const value = unsigned(cursor);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
