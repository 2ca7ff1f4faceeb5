import { describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realDisk, type Disk } from '../../src/data/atomic.js';
import { filesOn, type RunFiles } from '../../src/run-folder/files.js';
import { rowsInBlocks } from '../../src/artifacts/partial-rows.js';
import { configSchema } from '../../src/config/schema.js';
import { configOf, identityOf } from '../../src/run-folder/run-config.js';
import { openExistingRun, openRunFolder, type RunFolder } from '../../src/run-folder/run-folder.js';
import { z } from 'zod';
import { bytesArtifact, linesArtifact } from '../../src/artifacts/artifact.js';
import type { JobContext } from '../../src/context/job-context.js';
import { stageResult as resultOf, type Stage } from '../../src/context/stage.js';

const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'mop-run-'));
const identity = { config: { personas: { count: 20 }, seed: 7 }, versions: { cli: '0.1.0' } };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A disk that is full after so many files. */
function fullAfter(filesLeft: number): RunFiles {
  let left = filesLeft;
  const create: Disk['create'] = async (path) => {
    if (left-- > 0) return realDisk.create(path);
    const write = (): Promise<never> => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    return { ...(await handleAt(path)), write };
  };
  return filesOn({ ...realDisk, create });
}

async function handleAt(path: string): Promise<{ sync(): Promise<void>; close(): Promise<void> }> {
  const handle = await realDisk.create(path);
  return { sync: () => handle.sync(), close: () => handle.close() };
}

describe('openRunFolder', () => {
  it('finds finished stages again', async () => {
    const path = await temporary();
    const folder = await openRunFolder(path, identity);
    await folder.commit('personas', { 'personas.jsonl': '{}\n' });
    const again = await openRunFolder(path, identity);
    expect(again.has('personas')).toBe(true);
    expect(again.has('fit')).toBe(false);
    expect(text(await again.readBytes('personas', 'personas.jsonl'))).toBe('{}\n');
  });

  it('does not depend on the addresses of servers, keeps the last ones, and refuses another model', async () => {
    const path = await temporary();
    const asked = (model: string) => ({
      ...identity,
      config: identityOf(configSchema.parse({ population: { path: 'x' }, gate: { input: 'none' }, llm: { model } })),
      model,
    });
    await openRunFolder(path, asked('server:http://a:1,http://b:2*3#m'));
    const again = await openRunFolder(path, asked('server:http://c:4#m'));
    expect(configOf(again).llm.model).toBe('server:http://c:4#m');
    expect(JSON.stringify((again.manifest.config as Record<string, unknown>)['llm'])).not.toContain('http');
    await expect(openRunFolder(path, asked('server:http://c:4#other'))).rejects.toThrow(/llm.model \(there "server:m"/);
    expect(configOf(await openExistingRun(path)).llm.model).toBe('server:http://c:4#m');
  });

  it('opens a folder of an earlier version, whose settings name addresses', async () => {
    const path = await temporary();
    const config = { population: { path: 'x' }, llm: { model: 'server:http://a:1#m' } };
    await openRunFolder(path, { ...identity, config });
    const now = { ...identity, config: { ...config, llm: { model: 'server:m' } }, model: 'server:http://b:2#m' };
    expect((await openRunFolder(path, now)).manifest.model).toBe('server:http://b:2#m');
  });

  it('takes a fit without an objective, of an earlier version, for what it was: by likelihood', async () => {
    const path = await temporary();
    const aimed = { population: { path: 'x' }, evaluate: { baselines: ['uniform'] }, gate: { input: 'none' } };
    const now = identityOf(configSchema.parse(aimed)) as { readonly gate: { readonly objective: string } };
    const { objective, ...gate } = now.gate;
    expect(objective).toBe('texts');
    await openRunFolder(path, { ...identity, config: { ...now, gate } });
    expect(configOf(await openExistingRun(path)).gate.objective).toBe('marginal');
    await expect(openRunFolder(path, { ...identity, config: now })).rejects.toThrow(
      /gate.objective \(there "marginal", now "texts"\)/,
    );
  });

  it('takes a fit without a preset, of an earlier version, for the procedure of the paper', async () => {
    const path = await temporary();
    const gate = { hidden: 64, optimizer: 'sgd', learningRate: 1 };
    await openRunFolder(path, { ...identity, config: { population: { path: 'x' }, gate } });
    expect(configOf(await openExistingRun(path)).gate).toMatchObject({ ...gate, preset: 'paper' });
  });

  it('resumes with the records at another path, which their fingerprint tells are the same', async () => {
    const path = await temporary();
    const at = (file: string) => ({ ...identity, config: { population: { path: file }, golden: { path: file } } });
    await openRunFolder(path, at('records.csv'));
    expect((await openRunFolder(path, at('../records.csv'))).manifest.config).toEqual(at('../records.csv').config);
  });

  it('refuses another config by naming what differs and the choices, and changes nothing', async () => {
    const path = await temporary();
    await openRunFolder(path, identity);
    const before = await readFile(join(path, 'manifest.json'), 'utf8');
    const other = { ...identity, config: { personas: { count: 30 }, seed: 7 } };
    await expect(openRunFolder(path, other)).rejects.toMatchObject({
      message: expect.stringContaining('personas.count (there 20, now 30)') as unknown,
      remedy: expect.stringMatching(/resume.*--output.*delete/) as unknown,
    });
    expect(await readFile(join(path, 'manifest.json'), 'utf8')).toBe(before);
    expect(await readdir(path)).toEqual(['manifest.json']);
  });

  it('refuses a folder with files of somebody else', async () => {
    const path = await temporary();
    await writeFile(join(path, 'thesis.tex'), '');
    await expect(openRunFolder(path, identity)).rejects.toThrow(/thesis\.tex/);
  });

  it('refuses records or models whose bytes have changed behind the same name', async () => {
    const folder = await openRunFolder(await temporary(), identity);
    await folder.fingerprint({ 'the records': 'aa' });
    await folder.fingerprint({ 'the records': 'aa', 'the encoder': 'bb' });
    await expect(folder.fingerprint({ 'the records': 'cc' })).rejects.toThrow(/the records \(there aa, now cc\)/);
  });

  it('refuses to resume from a finished file that was changed or is gone', async () => {
    const path = await temporary();
    const folder = await openRunFolder(path, identity);
    await folder.commit('personas', { 'personas.jsonl': '{}\n' });
    await writeFile(join(path, 'personas.jsonl'), '{"edited":true}\n');
    await expect(folder.readBytes('personas', 'personas.jsonl')).rejects.toThrow(/was changed/);
  });

  it('says that there is no run where there is none', async () => {
    await expect(openExistingRun(join(await temporary(), 'nowhere'))).rejects.toThrow(/holds no run/);
  });

  it('says that a manifest is not one', async () => {
    const path = await temporary();
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'manifest.json'), '{"format": 9}');
    await expect(openExistingRun(path)).rejects.toThrow(/not a manifest/);
  });
});

describe('stageResult', () => {
  const file = bytesArtifact({ name: 'personas.jsonl', stage: 'personas', holds: 'personas' });
  const stageResult = (folder: RunFolder, stage: Stage<string, object, string>): Promise<string> =>
    resultOf({ folder, model: { scoringPasses: 0 } } as JobContext, stage, {});
  const count = (made: string[]): Stage<string, object, string> => ({
    name: 'personas',
    does: 'Makes personas',
    part: 'personas',
    inputs: [],
    artifacts: [file],
    make: () => {
      made.push('made');
      return Promise.resolve(file.file('one\n'));
    },
    load: async ({ folder }) => text(await folder.read(file)),
  });

  it('does the work once, however often the run is started', async () => {
    const path = await temporary();
    const made: string[] = [];
    expect(await stageResult(await openRunFolder(path, identity), count(made))).toBe('one\n');
    expect(await stageResult(await openRunFolder(path, identity), count(made))).toBe('one\n');
    expect(made).toEqual(['made']);
  });

  it('loses nothing to a full disk at any write, and goes on when there is space', async () => {
    for (let writes = 1; writes <= 2; writes++) {
      const path = await temporary();
      const folder = await openRunFolder(path, identity, { files: fullAfter(writes) });
      await expect(stageResult(folder, count([]))).rejects.toMatchObject({ code: 'ENOSPC' });
      const again = await openRunFolder(path, identity);
      expect(again.has('personas')).toBe(false);
      expect(await stageResult(again, count([]))).toBe('one\n');
    }
  });
});

describe('the real disk', () => {
  it('says in one sentence that it is full and that nothing is lost', async () => {
    // /dev/full accepts an open and refuses every write with ENOSPC, as a full disk does.
    await expect(filesOn().append('/dev/full', 'x')).rejects.toMatchObject({
      problem: '/dev/full: the disk is full.',
      remedy: expect.stringContaining('nothing finished before is lost') as unknown,
    });
  });
});

describe('rowsInBlocks', () => {
  const about = { name: 'rows.jsonl', stage: 'simulate', holds: 'rows' };
  const rowsFile = linesArtifact(about, z.object({ id: z.number() }));
  const work = (asked: [number, number][], killAt = Infinity) => ({
    artifact: rowsFile,
    total: 10,
    blockSize: 4,
    make: (from: number, to: number) => {
      if (from >= killAt) return Promise.reject(new Error('killed'));
      asked.push([from, to]);
      return Promise.resolve(Array.from({ length: to - from }, (_, i) => ({ id: from + i })));
    },
  });

  it.each(['{"id":4}\n{"id":5}\n{"i', '{"i'])(
    'makes a block again from its start that a kill tore at %j',
    async (torn) => {
      const path = await temporary();
      const folder = await openRunFolder(path, identity);
      const asked: [number, number][] = [];
      await expect(rowsInBlocks(folder, work(asked, 4))).rejects.toThrow('killed');
      await folder.appendPartial('rows.jsonl', torn);
      const rows = await rowsInBlocks(folder, work(asked));
      expect(rows.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(asked).toEqual([
        [0, 4],
        [4, 8],
        [8, 10],
      ]);
      expect(await folder.readPartial(rowsFile)).toHaveLength(10);
    },
  );

  it('has several blocks under way, keeps them in order, and waits for all of them when one fails', async () => {
    const folder = await openRunFolder(await temporary(), identity);
    const asked: [number, number][] = [];
    const slow = (failAt = Infinity) => ({
      ...work(asked),
      together: 3,
      make: async (from: number, to: number) => {
        asked.push([from, to]);
        await new Promise((resolve) => setTimeout(resolve, 30 - 3 * from)); // the last is the first to be there
        if (from === failAt) throw new Error('failed');
        return Array.from({ length: to - from }, (_, i) => ({ id: from + i }));
      },
    });
    await expect(rowsInBlocks(folder, slow(4))).rejects.toThrow('failed');
    expect(await folder.readPartial(rowsFile)).toHaveLength(4);
    const rows = await rowsInBlocks(folder, slow());
    expect(rows.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(asked.map(([from]) => from)).toEqual([0, 4, 8, 4, 8]);
  });

  it('asks for nothing when all rows are there', async () => {
    const folder = await openRunFolder(await temporary(), identity);
    const asked: [number, number][] = [];
    await rowsInBlocks(folder, work(asked));
    await rowsInBlocks(folder, work(asked));
    expect(asked).toHaveLength(3);
  });
});
