import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MopConfig } from '../../src/config/schema.js';
import { hashesOf, runInChild } from './killed-jobs.js';
import { smallJob } from './small-job.js';

const MILLISECONDS_A_PAIR = '2';
const KILLS = 10;

describe('a job killed with SIGKILL', () => {
  let config: MopConfig;
  let undisturbed: Record<string, string>;
  let seconds: number;

  beforeAll(async () => {
    config = await smallJob(await mkdtemp(join(tmpdir(), 'mop-resume-')));
    ({ seconds } = await runInChild(config, MILLISECONDS_A_PAIR));
    undisturbed = await hashesOf(config.output);
  }, 120_000);

  const random = randomFor(5, 'moments of the kills', 0);
  const moments = Array.from({ length: KILLS }, (_, i) => (i + random()) / KILLS); // one in each tenth

  it.each(moments)('at %f of its time ends with the same bytes when it is started again', async (moment) => {
    const again = { ...config, output: `${config.output}-${moment}` };
    await runInChild(again, MILLISECONDS_A_PAIR, moment * seconds);
    await runInChild(again, MILLISECONDS_A_PAIR);
    expect(await hashesOf(again.output)).toEqual(undisturbed);
  }, 120_000);

  it('again and again ends with the same bytes', async () => {
    const again = { ...config, output: `${config.output}-often` };
    let kills = 0;
    // Each life is longer than the last, so that one gets through.
    while ((await runInChild(again, MILLISECONDS_A_PAIR, (0.3 + 0.1 * kills) * seconds)).killed) kills += 1;
    expect(kills).toBeGreaterThan(1);
    expect(await hashesOf(again.output)).toEqual(undisturbed);
  }, 120_000);
});
