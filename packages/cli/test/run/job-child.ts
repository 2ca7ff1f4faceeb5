// A process that runs a small job with fakes, to be killed: node … job-child.ts CONFIG.json MILLISECONDS
import { readFile } from 'node:fs/promises';
import type { MopConfig } from '../../src/config/schema.js';
import { runJob } from '../../src/run/job.js';
import { fakeEngines } from './fake-engines.js';

const [configPath, milliseconds] = process.argv.slice(2);
const config = JSON.parse(await readFile(configPath!, 'utf8')) as MopConfig;
const quiet = { note: () => undefined, progress: () => undefined, table: () => undefined };
await runJob({
  config,
  until: 'evaluate',
  reporter: quiet,
  signal: new AbortController().signal,
  engines: fakeEngines(Number(milliseconds)),
});
