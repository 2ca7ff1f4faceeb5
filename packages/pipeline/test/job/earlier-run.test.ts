import { expect, it } from '@jest/globals';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNpy } from '../../src/data/arrays/npy.js';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { sha256 } from '../../src/run-folder/files.js';
import { fakeOpeners } from '../support/fake-engines.js';
import { scratch } from '../support/scratch.js';
import { smallJob } from '../support/small-job.js';

/** Rows and columns as little-endian uint32, then float32: the form of version 0.1. */
async function asEarlier(folder: string, name: string, manifest: string): Promise<string> {
  const npy = await readFile(join(folder, `${name}.npy`));
  const { data, rows, cols } = decodeNpy(new Uint8Array(npy), name);
  const bin = Buffer.concat([
    Buffer.from(Uint32Array.of(rows, cols).buffer),
    Buffer.from(Float32Array.from(data).buffer),
  ]);
  await rm(join(folder, `${name}.npy`));
  await writeFile(join(folder, `${name}.bin`), bin);
  return manifest
    .replace(`${name}.npy`, `${name}.bin`)
    .replace(sha256(new Uint8Array(npy)), sha256(new Uint8Array(bin)));
}

it('a run whose embeddings an earlier version wrote resumes from them and ends with the same report', async () => {
  const config = await smallJob(await scratch());
  const openers = fakeOpeners();
  await runPipeline(config, { openers });
  const file = (name: string): string => join(config.output, name);
  const report = await readFile(file('report.json'), 'utf8');
  let manifest = await readFile(file('manifest.json'), 'utf8');
  for (const name of ['embeddings', 'synthetic-embeddings']) manifest = await asEarlier(config.output, name, manifest);
  await writeFile(file('manifest.json'), manifest);
  await rm(file('report.json'));
  const notes: string[] = [];
  const reporter = { note: (text: string) => void notes.push(text), progress: () => undefined, table: () => undefined };
  await runPipeline(config, { openers, reporter });
  expect(notes.filter((text) => !text.startsWith('Estimate'))).toEqual([
    expect.stringContaining('report.json is gone'),
  ]);
  expect(await readFile(file('report.json'), 'utf8')).toBe(report);
}, 60_000);
