import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MopConfig } from '../../src/config/schema.js';
import { hashesOf, live, runInChild, type Disturbance, type JobEnd } from './killed-jobs.js';
import { smallJob } from '../support/small-job.js';

const PILOT = fileURLToPath(new URL('../../../../../shared/pilot/model', import.meta.url));

/** Moments as shares of the undisturbed time, one in each of `count` equal parts. */
function momentsOf(count: number): number[] {
  const random = randomFor(5, 'moments of the kills', 0);
  return Array.from({ length: count }, (_, i) => (i + random()) / count);
}

/** An undisturbed run, to compare with. */
async function undisturbedRun(engine: string, overrides: Record<string, unknown>): Promise<Undisturbed> {
  const config = await smallJob(await mkdtemp(join(tmpdir(), 'mop-resume-')), overrides);
  const { seconds } = await runInChild(config, engine);
  return { config, seconds, hashes: await hashesOf(config.output) };
}

interface Undisturbed {
  readonly config: MopConfig;
  readonly seconds: number;
  readonly hashes: Record<string, string>;
}

describe('a job killed with SIGKILL', () => {
  const milliseconds = '2'; // a pair, so that a kill lands inside a stage
  let undisturbed: Undisturbed;
  beforeAll(async () => {
    undisturbed = await undisturbedRun(milliseconds, {});
  }, 600_000);

  it.each(momentsOf(10))(
    'at %f of its time ends with the same bytes when it is started again',
    async (moment) => {
      const { config, seconds, hashes } = undisturbed;
      const again = { ...config, output: `${config.output}-${moment}` };
      await runInChild(again, milliseconds, moment * seconds);
      await runInChild(again, milliseconds);
      expect(await hashesOf(again.output)).toEqual(hashes);
    },
    600_000,
  );

  it('again and again ends with the same bytes', async () => {
    const { config, hashes } = undisturbed;
    const again = { ...config, output: `${config.output}-often` };
    // Each life finishes ten files more.
    const disturbance: Disturbance = { at: 'renamed', path: again.output, nth: 10, act: 'kill' };
    let kills = 0;
    let end: JobEnd;
    while ((end = await live(again, { engine: milliseconds, disturbance })).killed) kills += 1;
    expect(end.failed).toBe(false);
    expect(kills).toBeGreaterThan(1);
    expect(await hashesOf(again.output)).toEqual(hashes);
  }, 600_000);
});

if (existsSync(PILOT)) {
  describe('a job with a real language model, killed with SIGKILL', () => {
    let undisturbed: Undisturbed;
    beforeAll(async () => {
      undisturbed = await undisturbedRun('real-model', pilotJob(PILOT));
    }, 600_000);

    it.each(momentsOf(4).slice(1))(
      'at %f of its time ends with the same bytes',
      async (moment) => {
        const { config, seconds, hashes } = undisturbed;
        const again = { ...config, output: `${config.output}-${moment}` };
        await runInChild(again, 'real-model', moment * seconds);
        await runInChild(again, 'real-model');
        expect(await hashesOf(again.output)).toEqual(hashes);
      },
      600_000,
    );
  });
} else {
  describe('a job with a real language model', () => {
    it('skipped: ../shared is not beside this clone', () => undefined);
  });
}

/** A job of 150 pairs and 24 short texts. */
function pilotJob(folder: string): Record<string, unknown> {
  return {
    llm: { model: `onnx:${folder}`, threads: 2 },
    templates: { name: 'tokens' },
    personas: { count: 3, source: 'keywords' },
    exemplars: { count: 6 },
    gate: { preset: 'paper', topM: 2, hidden: 8, epochs: 2, batchSize: 6, validationPairs: 4, temperature: 1 },
    evaluate: { pairs: 10, heldOut: 4, trainingRecords: 4, bootstrap: 0, metrics: ['frechet'] },
    simulate: { count: 8, batchSize: 4, maxTokens: 20 },
  };
}
