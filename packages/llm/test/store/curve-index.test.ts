import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as nodeFiles from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openScoreStore, type ScoreStore } from '../../src/index.js';
import { HEADER_BYTES, RECORD_BYTES } from '../../src/store/curve-record.js';
import type { StoreFiles } from '../../src/store/curve-store.js';
import { NODES } from '../../src/scoring/score-curve.js';

const COUNT = 70_000; // more than are reread without an index
const keyOf = (i: number): Buffer => {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(Math.imul(i, 0x9e3779b1) >>> 0, 0);
  key.writeUInt32LE(i, 8);
  return key;
};
const curveOf = (i: number) => ({ tokens: i, gap: -i, coefficients: new Float64Array(NODES).fill(i) });
const entries = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ key: keyOf(from + i), curve: curveOf(from + i) }));

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mop-index-'));
  const store = await openScoreStore(folder);
  for (let from = 0; from < COUNT; from += 5000) await store.append(entries(from, from + 5000));
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function expectWhole(store: ScoreStore, count: number): void {
  expect(store.size).toBe(count);
  for (const i of [0, 1, 34_567, count - 1]) expect(store.get(keyOf(i))?.tokens).toBe(i);
  expect(store.get(keyOf(count))).toBeUndefined();
}

/** Files that count the bytes read from the log. */
function counting(): { files: StoreFiles; read: () => number } {
  let bytes = 0;
  const open = async (...words: Parameters<StoreFiles['open']>) => {
    const file = await nodeFiles.open(...words);
    const read = file.read.bind(file) as (b: Buffer, o: number, n: number, p: number) => Promise<{ bytesRead: number }>;
    const counted = async (buffer: Buffer, offset: number, length: number, position: number) => {
      const answer = await read(buffer, offset, length, position);
      if (String(words[0]).endsWith('curves.bin')) bytes += answer.bytesRead;
      return answer;
    };
    return Object.assign<typeof file, object>(file, { read: counted });
  };
  return { files: { ...nodeFiles, open }, read: () => bytes };
}

describe('the saved index of a score store', () => {
  it('spares reading the log, but for what was appended after it', async () => {
    expect(readdirSync(folder)).toEqual(['curves.bin', 'curves.index']);
    const { files, read } = counting();
    const store = await openScoreStore(folder, { files });
    expect(read()).toBeLessThan(6000 * RECORD_BYTES);
    expectWhole(store, COUNT);
    await store.append(entries(COUNT, COUNT + 10));
    await store.close();
    const again = await openScoreStore(folder);
    expectWhole(again, COUNT + 10);
    await again.close();
  });

  it.each([
    ['gone', () => rmSync(at('curves.index'))],
    ['cut short', () => writeFileSync(at('curves.index'), readFileSync(at('curves.index')).subarray(0, 1000))],
    ['changed', () => writeFileSync(at('curves.index'), readFileSync(at('curves.index')).fill(7, 5000, 5001))],
    ['no index', () => writeFileSync(at('curves.index'), 'MOPINDEX, but not really one')],
  ])('is remade from the log when it is %s', async (_, harm) => {
    harm();
    const store = await openScoreStore(folder);
    expect(store.repairs).toEqual([]);
    expectWhole(store, COUNT + 10);
    await store.close();
  });

  it('is not needed: a disk that does not take it loses nothing', async () => {
    rmSync(at('curves.index'), { force: true });
    const full: StoreFiles = {
      ...nodeFiles,
      rename: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })),
    };
    const store = await openScoreStore(folder, { files: full });
    await store.close();
    expect(readdirSync(folder)).toEqual(['curves.bin']);
    const again = await openScoreStore(folder);
    expectWhole(again, COUNT + 10);
    await again.close();
    expect(readdirSync(folder)).toEqual(['curves.bin', 'curves.index']);
  });

  it('never gives a curve from a damaged record: it is missed, told, and the file set aside at the next opening', async () => {
    const bytes = readFileSync(at('curves.bin'));
    bytes[HEADER_BYTES + 34_567 * RECORD_BYTES + 60] ^= 1;
    writeFileSync(at('curves.bin'), bytes);
    const store = await openScoreStore(folder);
    expect(store.get(keyOf(34_567))).toBeUndefined();
    expect(store.repairs.join()).toMatch(/a damaged record \(34567\); what it held is scored again/);
    await store.append(entries(34_567, 34_568));
    await store.close();
    const again = await openScoreStore(folder);
    expect(again.repairs.join()).toMatch(/1 damaged record; it was set aside as curves.damaged-1.bin/);
    expectWhole(again, COUNT + 10);
    await again.close();
  });
});

describe('a store whose process was killed', () => {
  /** Rows: an index at 70,000, three pieces of the tail after it, and 5,000 that nothing but the log holds. */
  const [indexed, written] = [70_000, 135_000];
  const tail = (): string => at('curves.tail');
  beforeAll(async () => {
    rmSync(folder, { recursive: true });
    const killed = await openScoreStore(folder);
    // Never closed: what the next process finds is what a killed one leaves.
    for (let from = 0; from < written; from += 5000) {
      await killed.append(entries(from, from + 5000));
    }
  });

  it('is opened from index and tail: of the log only what came after both is read', async () => {
    expect(readdirSync(folder).sort()).toEqual(['curves.bin', 'curves.index', 'curves.tail']);
    expect(statSync(tail()).size).toBeLessThan(4.01 * (written - indexed));
    const { files, read } = counting();
    const store = await openScoreStore(folder, { files });
    expect(store.repairs).toEqual([]);
    expectWhole(store, written);
    expect(read()).toBeLessThan(16_384 * RECORD_BYTES);
    for (let i = indexed; i < written; i += 997) expect(store.get(keyOf(i))?.tokens).toBe(i);
  });

  it.each([
    ['torn', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5)],
    ['changed in its first piece', (bytes: Buffer) => Buffer.from(bytes).fill(7, 200, 201)],
    ['followed by a torn piece', (bytes: Buffer) => Buffer.concat([bytes, bytes.subarray(0, 50)])],
    ['of other rows', (bytes: Buffer) => bytes.subarray(32 + 4 * bytes.readUInt32LE(16))],
    ['gone', () => Buffer.alloc(0)],
  ])('reads of the log what its tail does not say where that is %s', async (_, harm) => {
    const bytes = readFileSync(tail());
    writeFileSync(tail(), harm(bytes));
    const store = await openScoreStore(folder);
    expect(store.repairs).toEqual([]);
    expectWhole(store, written);
    writeFileSync(tail(), bytes);
  });

  it('goes on behind the last whole piece of its tail', async () => {
    writeFileSync(tail(), Buffer.concat([readFileSync(tail()), Buffer.alloc(64, 1)]));
    const store = await openScoreStore(folder);
    for (let from = written; from < 210_000; from += 5000) await store.append(entries(from, from + 5000));
    const { files, read } = counting();
    const again = await openScoreStore(folder, { files });
    expectWhole(again, 210_000);
    expect(read()).toBeLessThan(16_384 * RECORD_BYTES);
  });

  it('does without a tail where the disk does not take one', async () => {
    rmSync(folder, { recursive: true });
    const full: StoreFiles = {
      ...nodeFiles,
      open: (...words: Parameters<StoreFiles['open']>) =>
        String(words[0]).endsWith('.tail')
          ? Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
          : nodeFiles.open(...words),
    };
    const store = await openScoreStore(folder, { files: full });
    for (let from = 0; from < 40_000; from += 5000) await store.append(entries(from, from + 5000));
    expect(readdirSync(folder)).toEqual(['curves.bin']);
    const again = await openScoreStore(folder);
    expectWhole(again, 40_000);
  });

  it('tells keys of the tail apart that begin alike, and holds one that was stored twice once', async () => {
    rmSync(folder, { recursive: true });
    const store = await openScoreStore(folder);
    const alike = (i: number) => ({ ...entries(i, i + 1)[0], key: keyOf(i).fill(0, 0, 4) });
    const all = [...entries(0, 20_000), ...Array.from({ length: 50 }, (_, i) => alike(i + 1)), ...entries(7, 8)];
    await store.append(all);
    expect(readdirSync(folder)).toEqual(['curves.bin', 'curves.tail']);
    const again = await openScoreStore(folder);
    expect([store.size, again.size]).toEqual([20_050, 20_050]);
    for (let i = 1; i <= 50; i++) expect(again.get(alike(i).key)?.tokens).toBe(i);
  });
});
