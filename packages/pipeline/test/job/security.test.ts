import { afterEach, describe, expect, it } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { openRunFolder } from '../../src/run-folder/run-folder.js';
import { scratch } from '../support/scratch.js';
import { fakeOpeners } from '../support/fake-engines.js';
import { smallJob } from '../support/small-job.js';

const identity = { config: {}, versions: {} };
const { fetch } = globalThis;
const connect = Reflect.get(Socket.prototype, 'connect') as unknown;
afterEach(() => {
  globalThis.fetch = fetch;
  Reflect.set(Socket.prototype, 'connect', connect);
});

describe('a run folder', () => {
  it.each(['../outside.txt', 'baselines/../../outside.txt', '/tmp/outside.txt', '..'])(
    'writes nothing at %s',
    async (name) => {
      const folder = await openRunFolder(join(await scratch(), 'run'), identity);
      await expect(folder.commit('stage', { [name]: 'x' })).rejects.toMatchObject({ code: 'outside-run' });
      expect(() => folder.file(name)).toThrow(/outside the run's folder/);
      expect(await readdir(dirname(folder.path))).toEqual(['run']);
    },
  );
});

describe('a run with local models', () => {
  it('opens no connection from its first to its last stage', async () => {
    const refuse = (): never => {
      throw new Error('a connection was asked for');
    };
    globalThis.fetch = refuse;
    Reflect.set(Socket.prototype, 'connect', refuse);
    const config = await smallJob(await scratch());
    const { finished } = await runPipeline(config, {
      reporter: { note: () => undefined, progress: () => undefined, table: () => undefined },
      signal: new AbortController().signal,
      openers: fakeOpeners(),
    });
    expect(finished).toContain('report');
  }, 120_000);
});
