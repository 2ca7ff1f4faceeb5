import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRowFile } from '../../src/cache/row-file.js';
import { withCache } from '../../src/index.js';
import { fakeEncoder } from '../../src/testing.js';
import { folderWith } from '../temporary-folder.js';

const texts = ['one fish', 'two fish', 'red fish', 'blue fish'];
const RECORD = 32 + 16 * 4 + 4;

async function filled(): Promise<{ folder: string; path: string; expected: number[] }> {
  const folder = folderWith();
  const cached = withCache(fakeEncoder(), folder);
  const expected = [...(await cached.embed(texts)).data];
  await cached.close();
  return { folder, path: join(folder, readdirSync(folder)[0]), expected };
}

/** Embeds the four texts again with what is in the folder; says which texts the model had to be asked for. */
async function again(folder: string) {
  const warnings: string[] = [];
  const inner = fakeEncoder();
  const cached = withCache(inner, folder, { onWarning: (message) => warnings.push(message) });
  const rows = [...(await cached.embed(texts)).data];
  await cached.close();
  return { rows, asked: inner.asked, warnings };
}

describe('withCache', () => {
  it('asks the model for each text once, in this run and the next', async () => {
    const { folder, expected } = await filled();
    const inner = fakeEncoder();
    const cached = withCache(inner, folder);
    const progress: number[][] = [];
    const matrix = await cached.embed([...texts, 'new', 'new'], { onProgress: (...counts) => progress.push(counts) });
    expect([...matrix.data.subarray(0, 64)]).toEqual(expected);
    expect(inner.asked).toEqual(['new']);
    expect(cached.hits).toBe(5);
    expect(progress).toEqual([
      [5, 6],
      [6, 6],
    ]);
    await cached.close();
  });
  it('gives the rows that the model gives, whatever was cached before', async () => {
    const direct = await fakeEncoder().embed(texts);
    const cached = withCache(fakeEncoder(), folderWith());
    await cached.embed([texts[2]]);
    expect(await cached.embed(texts)).toEqual(direct);
    await cached.close();
  });
  it('embeds nothing for no texts', async () => {
    const cached = withCache(fakeEncoder(), folderWith());
    expect((await cached.embed([])).rows).toBe(0);
    await cached.close();
  });
  it('embeds a text once when two calls want it at the same time', async () => {
    const inner = fakeEncoder();
    const cached = withCache(inner, folderWith());
    const [a, b] = await Promise.all([cached.embed(['x']), cached.embed(['x'])]);
    expect(a).toEqual(b);
    expect(inner.asked).toEqual(['x']);
    await cached.close();
  });
  it('keeps encoders apart by their fingerprint', async () => {
    const { folder } = await filled();
    const wider = withCache(fakeEncoder({ cols: 20 }), folder);
    expect((await wider.embed(texts)).cols).toBe(20);
    await wider.close();
    expect(readdirSync(folder)).toHaveLength(2);
  });
  it('keeps what was embedded before the model failed', async () => {
    const folder = folderWith();
    const inner = fakeEncoder();
    const failing = withCache(
      {
        ...inner,
        embed: (some) => (some.includes('text 300') ? Promise.reject(new Error('lost')) : inner.embed(some)),
      },
      folder,
    );
    const many = Array.from({ length: 400 }, (_, i) => `text ${i}`);
    await expect(failing.embed(many)).rejects.toThrow('lost');
    await failing.close();
    const second = withCache(inner, folder);
    await second.embed(many);
    expect(second.hits).toBe(256);
    await second.close();
  });
});

describe('a file that is not as it was left', () => {
  it.each([1, 40, RECORD - 1])('loses only its last row when %i bytes of it are missing', async (bytes) => {
    const { folder, path, expected } = await filled();
    truncateSync(path, 16 + 4 * RECORD - bytes);
    const { rows, asked, warnings } = await again(folder);
    expect(rows).toEqual(expected);
    expect(asked).toEqual([texts[3]]);
    expect(warnings).toEqual([]);
    expect((await again(folder)).asked).toEqual([]);
  });
  it('loses only its last row when that never reached the disk', async () => {
    const { folder, path, expected } = await filled();
    writeFileSync(path, readFileSync(path).fill(0, 16 + 3 * RECORD));
    const { rows, asked } = await again(folder);
    expect(rows).toEqual(expected);
    expect(asked).toEqual([texts[3]]);
  });
  it.each([
    ['a wrong header', 9],
    ['a wrong checksum in record 1 of 4', 16 + RECORD + 50],
  ])('is set aside and named when it has %s', async (damage, offset) => {
    const { folder, path, expected } = await filled();
    const bytes = readFileSync(path);
    bytes[offset] ^= 1;
    writeFileSync(path, bytes);
    const { rows, asked, warnings } = await again(folder);
    expect(rows).toEqual(expected);
    expect(asked).toEqual(texts);
    expect(warnings).toEqual([expect.stringContaining(`${path} has`)]);
    expect(warnings[0]).toContain(damage);
    const aside = readdirSync(folder).find((name) => name.includes('.damaged-'));
    expect(warnings[0]).toContain(aside);
    expect(readFileSync(join(folder, aside ?? ''))).toEqual(bytes);
  });
  it('starts afresh when it holds less than a header', async () => {
    const { folder, path, expected } = await filled();
    truncateSync(path, 7);
    expect((await again(folder)).rows).toEqual(expected);
  });
});

describe('a folder that cannot be used', () => {
  it('is named, with the reason', async () => {
    const file = join(folderWith({ occupied: '' }), 'occupied');
    const cached = withCache(fakeEncoder(), join(file, 'cache'));
    const embedding = cached.embed(texts);
    await expect(embedding).rejects.toThrow(/The embedding cache in .*occupied.*could not be used \(ENOTDIR/);
    await expect(embedding).rejects.toMatchObject({ code: 'cache' });
  });
  it('is named when the encoder now gives another width', async () => {
    const { folder } = await filled();
    const wider = fakeEncoder({ cols: 20 });
    const cached = withCache({ ...wider, fingerprint: fakeEncoder().fingerprint }, folder);
    await expect(cached.embed(['other'])).rejects.toThrow(/has rows of 16 numbers, fake gives 20/);
    await cached.close();
  });
  // Linux's /dev/full refuses every write as a full disk does.
  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('believes no row that a full disk did not take', async () => {
    const file = await openRowFile('/dev/full', () => undefined);
    await expect(file.append([Buffer.alloc(32)], new Float32Array(4))).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(file.has(Buffer.alloc(32))).toBe(false);
    await file.close();
  });
});
