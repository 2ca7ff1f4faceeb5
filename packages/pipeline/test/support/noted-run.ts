import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MopConfig } from '../../src/config/schema.js';
import { runPipeline, type RunOptions } from '../../src/job/run-pipeline.js';
import type { JobResult } from '../../src/job/run-stages.js';
import { fakeOpeners } from './fake-engines.js';

/** A new folder. */
export const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'mop-job-'));

/** Runs a job with fake models and keeps what it notes. */
export async function run(config: MopConfig, options: RunOptions = {}): Promise<JobResult & { notes: string[] }> {
  const notes: string[] = [];
  const result = await runPipeline(config, {
    reporter: {
      note: (note) => notes.push(note),
      info: (note) => notes.push(note),
      progress: () => undefined,
      table: (_, caption) => notes.push(caption),
    },
    signal: new AbortController().signal,
    openers: fakeOpeners(),
    ...options,
  });
  return { ...result, notes };
}
