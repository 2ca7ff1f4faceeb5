// A process that runs a small job, to be killed: node … job-child.ts CONFIG.json MILLISECONDS-A-PAIR|real-model
import { readFile } from 'node:fs/promises';
import type { MopConfig } from '../../src/config/schema.js';
import { realOpeners } from '../../src/model-openers.js';
import { runJob } from '../../src/run/job.js';
import { fakeOpeners } from './fake-engines.js';

const [configPath, engine] = process.argv.slice(2);
const config = JSON.parse(await readFile(configPath, 'utf8')) as MopConfig;
await runJob({
  config,
  until: 'evaluate',
  reporter: { note: () => undefined, progress: () => undefined, table: () => undefined },
  signal: new AbortController().signal,
  openers:
    engine === 'real-model'
      ? { ...fakeOpeners(), openLanguageModel: (model, threads) => realOpeners.openLanguageModel(model, threads) }
      : fakeOpeners(Number(engine)),
});
