import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { realDisk, type Disk } from '../../src/data/atomic.js';
import { filesOn, type RunFiles } from '../../src/run-folder/files.js';
import { run, temporary } from '../support/noted-run.js';
import { smallJob } from '../support/small-job.js';

describe('a disk that fills up', () => {
  /** Creating files works; after so many of them nothing can be written. */
  function fullAfter(files: number): RunFiles {
    let left = files;
    const create: Disk['create'] = async (path) => {
      const handle = await realDisk.create(path);
      if (left-- > 0) return handle;
      const write = (): Promise<never> => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
      return { write, sync: () => handle.sync(), close: () => handle.close() };
    };
    return filesOn({ ...realDisk, create });
  }

  it.each([0, 1, 3, 5, 8, 12, 16, 20])(
    'after %i files: says so, and ends with the same bytes once there is space',
    async (files) => {
      const config = await smallJob(await temporary());
      await expect(run(config, { files: fullAfter(files) })).rejects.toMatchObject({
        code: 'ENOSPC',
        problem: expect.stringMatching(/: the disk is full\.$/) as unknown,
        remedy: expect.stringContaining('run the same command again') as unknown,
      });
      await run(config);
      const undisturbed = await smallJob(await temporary());
      await run(undisturbed);
      for (const name of ['gate.safetensors', 'synthetic.jsonl', 'metrics.json']) {
        expect(await readFile(join(config.output, name))).toEqual(await readFile(join(undisturbed.output, name)));
      }
    },
  );
});
