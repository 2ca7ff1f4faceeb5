// One stored curve: 192 bytes, little-endian.
//   0 key, 16 bytes · 16 tokens, u32 · 20 CRC-32 of the record with this field zero · 24 gap, f64 · 32 coefficients, 20 × f64
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ScoreRequest } from '../model/language-model.js';
import { NODES, TEMPERATURE_RANGE, type CurveData } from '../scoring/score-curve.js';

/** Bytes of a key. */
export const KEY_BYTES = 16;
/** Bytes of a record. */
export const RECORD_BYTES: number = 32 + NODES * 8;
/** Bytes before the first record. */
export const HEADER_BYTES = 32;

/** First bytes of a store file: name, format version, node count and range, so that curves of other nodes are never read as these. */
export function storeHeader(): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('MOPCURVE', 'latin1');
  header.writeUInt32LE(1, 8);
  header.writeUInt32LE(NODES, 12);
  header.writeDoubleLE(TEMPERATURE_RANGE[0], 16);
  header.writeDoubleLE(TEMPERATURE_RANGE[1], 24);
  return header;
}

/** 128-bit key of a score: SHA-256 of the model's fingerprint, the prompt, the completion and whether the turn's end counts. */
export function curveKey(fingerprint: string, { prompt, completion, endOfTurn = true }: ScoreRequest): Buffer {
  const where = 'text' in prompt ? prompt.text : prompt.messages.map(({ role, content }) => [role, content]);
  const text = JSON.stringify([fingerprint, where, completion, endOfTurn]);
  return createHash('sha256').update(text).digest().subarray(0, KEY_BYTES);
}

/** The key under which the width of a key's curve is kept. */
export function widthKey(key: Uint8Array): Buffer {
  const other = Buffer.from(key);
  other[KEY_BYTES - 1] = (key[KEY_BYTES - 1] ?? 0) ^ 1;
  return other;
}

/** A curve as a record. */
export function encodeRecord(key: Uint8Array, { tokens, gap, coefficients }: CurveData): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  record.set(key);
  record.writeUInt32LE(tokens, 16);
  record.writeDoubleLE(gap, 24);
  coefficients.forEach((value, i) => record.writeDoubleLE(value, 32 + 8 * i));
  record.writeUInt32LE(crc32(record), 20);
  return record;
}

/** The curve in a record that is known to be whole. */
export function decodeRecord(record: Buffer): CurveData {
  const coefficients = Float64Array.from({ length: NODES }, (_, i) => record.readDoubleLE(32 + 8 * i));
  return { tokens: record.readUInt32LE(16), gap: record.readDoubleLE(24), coefficients };
}

/** Whether a record is as it was written. */
export function isWhole(record: Buffer): boolean {
  const found = record.readUInt32LE(20);
  record.writeUInt32LE(0, 20); // put back below; a copy would cost as much as the sum
  const whole = crc32(record) === found;
  record.writeUInt32LE(found, 20);
  return whole;
}
