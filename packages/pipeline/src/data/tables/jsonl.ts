import { parse } from 'lossless-json';
import { UserError } from '../../errors.js';
import { linesOf } from '../text/lines.js';
import type { ByteChunks, RawRow } from '../text/raw-row.js';

/** Integers of fewer digits are below 2^53; digits behind a decimal point are no integer. */
const LONG_DIGITS = /(?<![.\d])\d{16}/;

/**
 * One JSON object a line; blank lines are skipped. Integers beyond ±(2^53 − 1) are bigints, so that they keep their digits.
 * @throws UserError `bad-json` with the line, when it is not JSON or not an object
 */
export async function* readJsonLines(chunks: ByteChunks, name: string): AsyncGenerator<RawRow, void> {
  for await (const { number, text } of linesOf(chunks, name)) {
    if (text.trim() === '') continue;
    const where = `line ${number}`;
    const fields = valueOf(text, `${name} ${where}`);
    if (!isObject(fields)) throw badJson(`${name} ${where} is not a JSON object.`);
    yield { fields, where, key: String(number) };
  }
}

/** JSON with exact integers; a key that stands twice has its last value, as in `JSON.parse`. @throws SyntaxError */
export function parseExact(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Some eight times slower than JSON.parse, so only where a number may need it.
  if (!LONG_DIGITS.test(text)) return value;
  const parseNumber = (digits: string): number | bigint =>
    Number.isSafeInteger(Number(digits)) || !/^-?\d+$/.test(digits) ? Number(digits) : BigInt(digits);
  return parse(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });
}

/** One JSON value per line, UTF-8, a line feed after each. */
export function encodeLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/**
 * The values of the whole lines; a last line without its line feed, as a kill leaves it, is left out.
 * @param name for messages
 * @throws UserError `bad-json` with the line
 */
export function decodeLines(bytes: Uint8Array, name = 'JSONL'): unknown[] {
  const whole = new TextDecoder().decode(bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1));
  return whole.split('\n').flatMap((line, i) => (line === '' ? [] : [valueOf(line, `${name} line ${i + 1}`)]));
}

function valueOf(text: string, where: string): unknown {
  try {
    return parseExact(text);
  } catch (error) {
    if (/[:[,]\s*-?(?:NaN|Infinity)\b/.test(text)) {
      throw badJson(`${where} is not JSON: NaN and Infinity are no JSON values.`, 'Write null for a missing value.');
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw badJson(`${where} is not JSON: ${reason.length > 120 ? `${reason.slice(0, 117)}...` : reason}.`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badJson(message: string, remedy = 'Each line must be one JSON object, such as {"text": "…"}.'): UserError {
  return new UserError('bad-json', message, { remedy });
}
