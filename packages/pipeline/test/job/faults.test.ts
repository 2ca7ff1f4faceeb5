import { beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MopConfig } from '../../src/config/schema.js';
import { realDisk, type Disk } from '../../src/data/atomic.js';
import { aboutPath } from '../../src/errors.js';
import { filesOn, type RunFiles } from '../../src/run-folder/files.js';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { scratch } from '../support/scratch.js';
import { fakeOpeners } from '../support/fake-engines.js';
import { hashesOf } from './killed-jobs.js';
import { smallJob } from '../support/small-job.js';

/** Messages of a job while it ran. */
async function run(config: MopConfig, files?: RunFiles): Promise<string[]> {
  const notes: string[] = [];
  await runPipeline(config, {
    reporter: { note: (text) => notes.push(text), progress: () => undefined, table: () => undefined },
    signal: new AbortController().signal,
    openers: fakeOpeners(),
    ...(files ? { files } : {}),
  });
  return notes;
}

/** Files whose n-th write fails as `kind` says: half of it written, then the error, and every later write fails too, as on a full disk. */
function failingFrom(n: number, kind: 'ENOSPC' | 'EIO' | 'short'): { files: RunFiles; writes: () => number } {
  let writes = 0;
  const fault = (): never => {
    throw errorOf(kind);
  };
  const disk: Disk = {
    ...realDisk,
    create: async (path) => {
      const handle = await realDisk.create(path);
      return {
        sync: () => handle.sync(),
        close: () => handle.close(),
        write: async (bytes, offset, length, position) => {
          writes += 1;
          if (writes < n) return handle.write(bytes, offset, length, position);
          if (kind === 'short' && writes === n) return handle.write(bytes, offset, Math.ceil(length / 2), position);
          return fault();
        },
      };
    },
  };
  const real = filesOn(disk);
  return {
    writes: () => writes,
    files: {
      ...real,
      append: async (path, content) => {
        writes += 1;
        if (writes < n) return real.append(path, content);
        // An append is not atomic: what was written before the error stays.
        if (writes === n) await real.append(path, Buffer.from(content).subarray(0, Math.floor(content.length / 2)));
        throw aboutPath(path, errorOf(kind));
      },
    },
  };
}

const errorOf = (kind: string): Error =>
  Object.assign(new Error('injected'), { code: kind === 'EIO' ? 'EIO' : 'ENOSPC' });

let whole: { config: MopConfig; hashes: Record<string, string>; writes: number };
beforeAll(async () => {
  const config = await smallJob(await scratch());
  const { files, writes } = failingFrom(Infinity, 'EIO');
  await run(config, files);
  whole = { config, hashes: await hashesOf(config.output), writes: writes() };
}, 300_000);

const again = (name: string): MopConfig => ({ ...whole.config, output: `${whole.config.output}-${name}` });

describe('a run whose disk fails', () => {
  it.each(['ENOSPC', 'EIO', 'short'] as const)(
    'by %s at any write says so in one sentence, tears nothing, and ends with the same bytes when started again',
    async (kind) => {
      // Every third write of each kind, each kind from another one on: all writes are met.
      const first = 1 + ['ENOSPC', 'EIO', 'short'].indexOf(kind);
      for (let n = first; n <= whole.writes; n += 3) {
        const config = again(`${kind}-${n}`);
        const error: unknown = await run(config, failingFrom(n, kind).files).catch((reason: unknown) => reason);
        const message = kind === 'EIO' ? /: the disk failed to read or write\.$/ : /: the disk is full\.$/;
        expect(error).toMatchObject({ name: 'UserError', problem: expect.stringMatching(message) as unknown });
        expect((await readdir(config.output)).filter((name) => name.includes('.tmp-'))).toEqual([]);
        await run(config);
        expect(await hashesOf(config.output)).toEqual(whole.hashes);
      }
    },
    600_000,
  );
});

describe('a run with a damaged file', () => {
  it.each(['personas.jsonl', 'exemplars.jsonl', 'gate.safetensors', 'gate.json', 'synthetic.jsonl', 'metrics.json'])(
    'names %s, sets it aside and makes it again, byte for byte',
    async (name) => {
      const config = again(`damaged-${name}`);
      await run(config);
      const bytes = await readFile(join(config.output, name));
      bytes[bytes.length >> 1] ^= 1;
      await writeFile(join(config.output, name), bytes);
      const notes = await run(config);
      expect(notes.join('\n')).toContain(`${name} was changed and is set aside as ${name}.damaged-1`);
      expect(await readFile(join(config.output, `${name}.damaged-1`))).toEqual(bytes);
      expect(await hashesOf(config.output)).toEqual(whole.hashes);
    },
    120_000,
  );

  it('begins anew, with its scores, where the manifest is damaged', async () => {
    const config = again('manifest');
    await run(config);
    await writeFile(join(config.output, 'manifest.json'), '{"format":1,');
    expect((await run(config)).join('\n')).toMatch(
      /manifest\.json was damaged and set aside as manifest\.json\.damaged-1/,
    );
    expect(await hashesOf(config.output)).toEqual(whole.hashes);
  }, 120_000);

  it('scores again what a damaged score store has lost', async () => {
    const config = again('scores');
    await run(config);
    const path = join(config.output, 'scores/curves.bin');
    const bytes = await readFile(path);
    bytes[1000] ^= 1;
    await writeFile(path, bytes);
    await writeFile(join(config.output, 'gate.json'), 'x'); // the fit is repeated, with the scores that are whole
    expect((await run(config)).join('\n')).toMatch(/1 damaged record; it was set aside as curves.damaged-1.bin/);
    expect(await hashesOf(config.output)).toEqual(whole.hashes);
  }, 120_000);
});
