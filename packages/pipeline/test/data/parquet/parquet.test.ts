import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { join } from 'node:path';
import { loadRecords } from '../../../src/data/records.js';
import { scratch } from '../../support/scratch.js';

/** Files that pyarrow wrote (tools/fixtures/parquet-files.py) and what it reads from them. */
const file = (name: string): string => fileURLToPath(new URL(`parquet-files/${name}`, import.meta.url));
const expected = JSON.parse(readFileSync(file('expected.json'), 'utf8')) as Record<string, (string | null)[]>;

describe('Parquet files that pyarrow wrote', () => {
  it.each(['plain', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4_raw', 'pages-v2', 'delta'])(
    'are read value by value over three row groups: %s',
    async (name) => {
      for (const [column, values] of Object.entries(expected)) {
        const records = await loadRecords({ path: file(`${name}.parquet`), columns: { label: column } });
        expect([column, ...records.map(({ label }) => label ?? null)]).toEqual([column, ...values]);
        expect(records.map(({ id }) => id)).toEqual(expected['id']);
        expect(records.map(({ text }) => text)).toEqual(expected['text']);
      }
    },
  );

  it('keep the digits of decimals that are stored as whole numbers', async () => {
    const records = await loadRecords({ path: file('decimal-int64.parquet') });
    expect(records.map(({ label }) => label)).toEqual(['0.3', '123456789012.5']);
  });

  it('have their class numbers as names, and −1 as no label', async () => {
    const records = await loadRecords({ path: file('classes.parquet') });
    expect(records.map(({ label }) => label)).toEqual(['pos', 'neg', undefined]);
  });

  it('may have nested columns, which are no texts or labels', async () => {
    await expect(loadRecords({ path: file('zstd.parquet'), columns: { label: 'nested' } })).rejects.toThrow(
      'zstd.parquet row 1: nested is an object where text is needed.',
    );
  });
});

describe('refusals of Parquet, each one sentence', () => {
  it('a column named twice', async () => {
    await expect(loadRecords({ path: file('twice.parquet') })).rejects.toThrow('names the column text twice');
  });

  it('a text that is not UTF-8', async () => {
    await expect(loadRecords({ path: file('not-utf8.parquet') })).rejects.toThrow('a text is not UTF-8');
  });

  it('calls a file incomplete only if its end is missing', async () => {
    const whole = readFileSync(file('zstd.parquet'));
    const damaged = Uint8Array.from(whole);
    damaged.fill(0xff, 10, 60);
    const folder = await scratch({ 'cut.parquet': whole.subarray(0, 3000), 'damaged.parquet': damaged });
    await expect(loadRecords({ path: join(folder, 'cut.parquet') })).rejects.toMatchObject({
      remedy: expect.stringContaining('complete'),
    });
    await expect(loadRecords({ path: join(folder, 'damaged.parquet') })).rejects.toMatchObject({
      code: 'bad-parquet',
      remedy: expect.not.stringContaining('complete'),
    });
  });

  it('takes many rows of few texts, which need less than a bit each', async () => {
    const data = Array.from({ length: 120_000 }, (_, i) => (i % 2000 === 0 ? 'yes' : 'no'));
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'text', data }], rowGroupSize: 300_000 }));
    expect(bytes.length).toBeLessThan(40_000);
    const folder = await scratch({ 'a.parquet': bytes });
    expect(await loadRecords({ path: join(folder, 'a.parquet') })).toHaveLength(120_000);
  });
});
