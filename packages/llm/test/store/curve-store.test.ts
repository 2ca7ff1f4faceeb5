import * as nodeFiles from 'node:fs/promises';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openScoreStore, type CurveData, type ScoreStore } from '../../src/index.js';
import { curveKey, HEADER_BYTES, RECORD_BYTES } from '../../src/store/curve-record.js';
import { NODES } from '../../src/scoring/score-curve.js';
import type { StoreFiles } from '../../src/store/curve-store.js';

const keyOf = (i: number): Uint8Array => curveKey('model', { prompt: { text: 'p' }, completion: String(i) });
const curveOf = (i: number): CurveData => ({
  tokens: i % 90,
  gap: -i / 7,
  coefficients: Float64Array.from({ length: NODES }, (_, k) => Math.sin(i * k)),
});
const entries = (from: number, to: number): { key: Uint8Array; curve: CurveData }[] =>
  Array.from({ length: to - from }, (_, i) => ({ key: keyOf(from + i), curve: curveOf(from + i) }));

let folder: string;
let path: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'mop-store-')), 'scores');
  path = join(folder, 'curves.bin');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

async function filled(count: number): Promise<void> {
  const store = await openScoreStore(folder);
  await store.append(entries(0, count));
  await store.close();
}

function expectHolds(store: ScoreStore, indices: readonly number[]): void {
  for (const i of indices) {
    const found = store.get(keyOf(i));
    expect([found?.tokens, found?.gap]).toEqual([i % 90, -i / 7]);
    expect(found?.coefficients.join()).toBe(curveOf(i).coefficients.join());
  }
}

describe('openScoreStore', () => {
  it('gives back to the last bit what was appended, in this process and the next', async () => {
    const store = await openScoreStore(folder);
    await Promise.all([store.append(entries(0, 1500)), store.append(entries(1500, 3000))]);
    expectHolds(store, [0, 1499, 1500, 2999]);
    expect(store.get(keyOf(3000))).toBeUndefined();
    await store.close();
    const again = await openScoreStore(folder);
    expect([again.size, again.repairs]).toEqual([3000, []]);
    expectHolds(again, [0, 1, 2, 1499, 1500, 2999]);
    await again.close();
  });

  it('cuts off a tail torn at any byte, keeps every curve before it and appends behind them', async () => {
    for (const cut of [1, 40, RECORD_BYTES - 1]) {
      rmSync(folder, { recursive: true, force: true });
      await filled(5);
      truncateSync(path, HEADER_BYTES + 5 * RECORD_BYTES - cut);
      const store = await openScoreStore(folder);
      expect(store.size).toBe(4);
      expect(store.repairs.join()).toMatch(/unfinished write of \d+ bytes, which was cut off; 4 curves are intact/);
      await store.append(entries(4, 6));
      await store.close();
      const again = await openScoreStore(folder);
      expect([again.size, again.repairs]).toEqual([6, []]);
      expectHolds(again, [0, 3, 4, 5]);
      await again.close();
    }
  });

  it('cuts off a tail of zeros, as a power failure can leave', async () => {
    await filled(3);
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(2 * RECORD_BYTES + 9)]));
    const store = await openScoreStore(folder);
    expect(store.size).toBe(3);
    expect(statSync(path).size).toBe(HEADER_BYTES + 3 * RECORD_BYTES);
    await store.close();
  });

  it('sets a file damaged in the middle aside under a name it gives, and keeps the whole curves', async () => {
    await filled(10);
    const bytes = readFileSync(path);
    bytes[HEADER_BYTES + 4 * RECORD_BYTES + 50] ^= 1;
    writeFileSync(path, bytes);
    const store = await openScoreStore(folder);
    expect(store.size).toBe(9);
    expect(store.get(keyOf(4))).toBeUndefined();
    expectHolds(store, [0, 3, 5, 9]);
    expect(store.repairs.join()).toMatch(
      /1 damaged record; it was set aside as curves.damaged-1.bin and 9 whole curves were kept/,
    );
    expect(readFileSync(join(folder, 'curves.damaged-1.bin')).equals(bytes)).toBe(true);
    await store.append(entries(4, 5));
    await store.close();
    const again = await openScoreStore(folder);
    expect([again.size, again.repairs]).toEqual([10, []]);
    await again.close();
  });

  it('sets aside a file that is no score store, and an empty one counts as new', async () => {
    await filled(1);
    writeFileSync(path, 'not a store at all, but longer than a header');
    const store = await openScoreStore(folder);
    expect([store.size, readdirSync(folder).sort()]).toEqual([0, ['curves.bin', 'curves.damaged-1.bin']]);
    await store.close();
    writeFileSync(path, '');
    const fresh = await openScoreStore(folder);
    await fresh.append(entries(0, 2));
    await fresh.close();
    expect((await openScoreStore(folder)).size).toBe(2);
  });

  it('says that the disk is full, keeps what was there and goes on when there is room', async () => {
    let room = HEADER_BYTES + 3 * RECORD_BYTES + 100;
    const files: StoreFiles = {
      ...nodeFiles,
      open: async (...open: Parameters<StoreFiles['open']>) => {
        const file = await nodeFiles.open(...open);
        const write = file.write.bind(file) as (
          b: Buffer,
          o: number,
          n: number,
          p: number,
        ) => Promise<{ bytesWritten: number; buffer: Buffer }>;
        const limited = async (bytes: Buffer, offset: number, length: number, position: number): Promise<unknown> => {
          if (position >= room) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
          return write(bytes, offset, Math.min(length, room - position), position);
        };
        return Object.assign(file, { write: limited });
      },
    };
    const store = await openScoreStore(folder, { files });
    await store.append(entries(0, 3));
    await expect(store.append(entries(3, 5))).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/is full; free some space/),
    });
    expect(store.size).toBe(3);
    room = Infinity;
    await store.append(entries(3, 6));
    await store.close();
    const again = await openScoreStore(folder);
    expect([again.size, again.repairs]).toEqual([6, []]);
    expectHolds(again, [0, 2, 3, 5]);
    await again.close();
  });

  it('says that a folder cannot be made', async () => {
    writeFileSync(join(folder, '..', 'file'), '');
    await expect(openScoreStore(join(folder, '..', 'file', 'scores'))).rejects.toMatchObject({ code: 'not-writable' });
  });

  it('holds 100,000 curves in under 45 MB beside the heap', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const store = await openScoreStore(folder);
    for (let at = 0; at < 100_000; at += 5000) await store.append(entries(at, at + 5000));
    expect(store.size).toBe(100_000);
    (globalThis as { gc?: () => void }).gc?.();
    expect(statSync(path).size).toBe(HEADER_BYTES + 100_000 * RECORD_BYTES);
    const held = process.memoryUsage().arrayBuffers - before;
    process.stderr.write(
      `100,000 curves: ${(held / 1e6).toFixed(0)} MB in memory, ${(statSync(path).size / 1e6).toFixed(1)} MB on disk\n`,
    );
    await store.close();
  });
});
