import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, it } from '@jest/globals';
import type { Matrix } from '@mixture-of-personas/numeric';

const folder = fileURLToPath(new URL('../../../../shared/golden/metrics/', import.meta.url));

/** Runs `body` where ../shared is beside the clone, else leaves one test whose name says why there are none. */
export function describeGolden(name: string, body: () => void): void {
  if (existsSync(folder)) describe(name, body);
  else describe(name, () => it('skipped: ../shared is not beside this clone', () => undefined));
}

/** A file of ../shared/golden/metrics, parsed; its shape is the caller's to state. */
export function goldenJson<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(folder + name, 'utf8')) as Shape;
}

/** A version 1 .npy file of little-endian float32 in C order. */
export function goldenMatrix(name: string): Matrix<Float32Array> {
  const bytes = readFileSync(folder + name);
  const headerLength = bytes.readUInt16LE(8);
  const [rows, cols] = /\((\d+), (\d+)\)/
    .exec(bytes.toString('latin1', 10, 10 + headerLength))!
    .slice(1)
    .map(Number);
  const data = new Float32Array(rows * cols);
  for (let i = 0; i < data.length; i++) data[i] = bytes.readFloatLE(10 + headerLength + 4 * i);
  return { data, rows, cols };
}
