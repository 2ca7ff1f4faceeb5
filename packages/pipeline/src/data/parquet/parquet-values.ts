// hyparquet turns decimals into floating-point numbers (3 × 0.1 is 0.30000000000000004), cuts times to milliseconds, parses JSON and replaces bytes that
// are no UTF-8. Labels, ids and texts keep what the file says.
import { parquetSchema, type FileMetaData, type ParquetParsers, type SchemaElement } from 'hyparquet';

/** A top-level column. */
export interface ColumnReader {
  readonly name: string;
  /** The column's value as text, number, bigint, boolean, Date, list or object. @throws Error when it is not UTF-8 */
  readonly valueOf: (raw: unknown) => unknown;
}

/** Parsers for hyparquet that lose nothing. */
export const PARSERS: Partial<ParquetParsers> = {
  stringFromBytes: textFrom,
  jsonFromBytes: textFrom,
  dateFromDays: (days: number) => isoTime(BigInt(days) * 86_400n, 1n)?.slice(0, 10),
  timestampFromMilliseconds: (millis: bigint) => isoTime(BigInt(millis), 1000n),
  timestampFromMicroseconds: (micros: bigint) => isoTime(BigInt(micros), 1_000_000n),
  timestampFromNanoseconds: (nanos: bigint) => isoTime(BigInt(nanos), 1_000_000_000n),
};

/** The top-level columns; decimals in `metadata` are unmarked, so that hyparquet leaves them as whole numbers. */
export function exactColumns(metadata: FileMetaData): ColumnReader[] {
  return parquetSchema(metadata).children.map(({ element }) => ({ name: element.name, valueOf: readerOf(element) }));
}

function readerOf(element: SchemaElement): ColumnReader['valueOf'] {
  if (element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL') {
    const scale = element.scale ?? 0;
    delete element.converted_type;
    delete element.logical_type;
    return (raw) => (raw === null || raw === undefined ? raw : decimalText(wholeNumber(raw), scale));
  }
  if (element.type === 'FLOAT') return (raw) => (typeof raw === 'number' ? shortest(raw) : raw);
  return (raw) => (raw instanceof Uint8Array ? textFrom(raw) : raw);
}

function textFrom(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error('a text is not UTF-8');
  }
}

/** Big-endian two's complement, as Parquet stores decimals in bytes. */
function wholeNumber(raw: unknown): bigint {
  if (!(raw instanceof Uint8Array)) return BigInt(raw as number | bigint);
  const hex = Buffer.from(raw).toString('hex');
  return hex === '' ? 0n : BigInt.asIntN(raw.length * 8, BigInt(`0x${hex}`));
}

function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0n ? '-' : ''}${scale > 0 ? `${whole}.${digits.slice(-scale)}` : whole}`;
}

/** The number with the fewest digits that rounds to a float32: 0.1 where the float64 of its bits is 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** ISO 8601 in UTC with milliseconds, and more digits where there are any; undefined outside the years JavaScript knows. */
function isoTime(ticks: bigint, perSecond: bigint): string | undefined {
  const fraction = ((ticks % perSecond) + perSecond) % perSecond;
  const date = new Date(Number((ticks - fraction) / perSecond) * 1000);
  if (Number.isNaN(date.getTime())) throw new Error(`the time ${ticks} lies outside the years that can be written`);
  const digits = fraction.toString().padStart(perSecond.toString().length - 1, '0');
  return `${date.toISOString().slice(0, -4)}${digits.replace(/0+$/, '').padEnd(3, '0')}Z`;
}
