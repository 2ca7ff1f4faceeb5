import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { loadRecords } from '../../../src/data/records.js';
import { scratch } from '../../support/scratch.js';

const ROWS = 2 ** 20;

/** A file of 2^20 rows "a" and one "b", whose first run of equal words is made to say that it has 2^27 where its page has 2^20 + 1. */
function longRun(): Uint8Array {
  const data = [...Array.from({ length: ROWS }, () => 'a'), 'b'];
  const options = { rowGroupSize: 2 * ROWS, pageSize: 2 ** 30, codec: 'UNCOMPRESSED' as const };
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'text', data }], ...options }));
  const run = Buffer.from(bytes.buffer).indexOf(Buffer.from([0x01, 0x80, 0x80, 0x80, 0x01, 0x00]));
  expect(run).toBeGreaterThan(0);
  bytes.set([0xfe, 0xff, 0xff, 0x7f], run + 1);
  return bytes;
}

describe('why pages are walked before hyparquet reads them', () => {
  it('hyparquet alone fills the memory with a run longer than its page; the walk refuses it', async () => {
    const folder = await scratch({ 'a.parquet': longRun() });
    const script = `
      import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
      await parquetReadObjects({ file: await asyncBufferFromFile(process.argv[1]) });`;
    const alone = spawnSync(
      process.execPath,
      ['--max-old-space-size=192', '--input-type=module', '-e', script, join(folder, 'a.parquet')],
      { encoding: 'utf8' },
    );
    expect(alone.status).not.toBe(0);
    expect(alone.stderr).toContain('heap out of memory');
    await expect(loadRecords({ path: join(folder, 'a.parquet') })).rejects.toThrow(
      /a run of \d+ values is longer than its page/,
    );
  }, 60_000);
});
