import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  ownExemplars,
  pairRequest,
  promptHash,
  type Persona,
  type PopulationRecord,
} from '@mixture-of-personas/synthesis';
import { decodeGate } from '@mixture-of-personas/gating';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';

import type { MopConfig } from '../../src/config/schema.js';
import { loadRecordSets } from '../../src/context/record-sets.js';
import { sampleRecords } from '../../src/context/sample-records.js';
import { loadTemplate } from '../../src/context/text-files.js';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { decodeLines } from '../../src/data/tables/jsonl.js';
import { fakeOpeners } from '../support/fake-engines.js';
import { scratch } from '../support/scratch.js';
import { smallJob } from '../support/small-job.js';

const openers = fakeOpeners();
const lines = async <Line>(config: MopConfig, name: string): Promise<Line[]> =>
  decodeLines(await readFile(join(config.output, name))) as Line[];
const rowsOf = (config: MopConfig, name = 'synthetic.jsonl'): Promise<SyntheticRow[]> => lines(config, name);
const generic = { name: 'generic' };

describe('prompt.label', () => {
  const scored = new Map<MopConfig, string[]>();
  const labelled = async (label: string): Promise<MopConfig> => {
    const config = await smallJob(await scratch(), { templates: generic, prompt: { label } });
    const prompts: string[] = [];
    scored.set(config, prompts);
    const model = await openers.openLanguageModel('fake');
    const listening: typeof model = {
      ...model,
      score: (requests, options) => {
        prompts.push(...requests.map(({ prompt }) => JSON.stringify(prompt)));
        return model.score(requests, options);
      },
    };
    await runPipeline(config, { openers: { ...openers, openLanguageModel: () => Promise.resolve(listening) } });
    return config;
  };

  it('keeps labels out of every prompt unless it says always, and the result says which', async () => {
    const [never, always] = [await labelled('never'), await labelled('always')];
    for (const name of ['synthetic.jsonl', 'baselines/zero-shot.jsonl', 'baselines/uniform.jsonl']) {
      expect(new Set((await rowsOf(never, name)).map(({ promptLabel }) => promptLabel))).toEqual(new Set(['never']));
      expect(new Set((await rowsOf(always, name)).map(({ promptLabel }) => promptLabel))).toEqual(new Set(['always']));
    }
    const page = (config: MopConfig, name: string): Promise<string> => readFile(join(config.output, name), 'utf8');
    for (const name of ['README.md', 'report.html']) {
      expect(await page(never, name)).toContain('No prompt says the label of a record');
      expect(await page(always, name)).toContain('Every prompt says the label of a record');
    }
    expect(await page(always, 'GATE_CARD.md')).toContain("always say a record's label");
    expect(JSON.parse(await page(always, 'manifest.json'))).toMatchObject({ config: { prompt: { label: 'always' } } });
    const saysLabel = (prompt: string): boolean => /\b(?:even|odd)\b/.test(prompt);
    expect(scored.get(never)!.some(saysLabel)).toBe(false);
    expect(scored.get(always)!.every(saysLabel)).toBe(true);
  }, 60_000);
});

describe('exemplars.perPrompt', () => {
  let config: MopConfig;
  let hashes: ReadonlySet<string>;
  beforeAll(async () => {
    config = await smallJob(await scratch(), { templates: generic, exemplars: { count: 10, perPrompt: 2 } });
    await runPipeline(config, { openers });
    const { training } = sampleRecords(await loadRecordSets(config), config);
    const [personas, exemplars] = [
      await lines<Persona>(config, 'personas.jsonl'),
      await lines<PopulationRecord>(config, 'exemplars.jsonl'),
    ];
    const ownExemplar = ownExemplars(training, exemplars);
    const template = await loadTemplate(config);
    const parts = { template, personas, exemplars, records: training, perPrompt: 2, seed: config.seed, ownExemplar };
    const scored = personas.flatMap((_, persona) =>
      exemplars.flatMap((__, exemplar) =>
        training.map((___, record) => promptHash(pairRequest(parts, { persona, exemplar, record }).prompt)),
      ),
    );
    hashes = new Set(scored);
  }, 60_000);

  it.each(['synthetic.jsonl', 'baselines/uniform.jsonl'])('draws in %s only prompts that are scored', async (name) => {
    for (const row of await rowsOf(config, name)) {
      expect(row.exemplarIds).toHaveLength(2);
      expect(hashes).toContain(row.promptHash);
    }
  });

  it('shows none without pairs', async () => {
    for (const row of await rowsOf(config, 'baselines/zero-shot.jsonl')) expect(row).not.toHaveProperty('exemplarIds');
  });

  it('is refused where a record and its own exemplar leave too few, or personas are merged too', async () => {
    const run = async (more: Record<string, unknown>): Promise<unknown> =>
      runPipeline(await smallJob(await scratch(), more), { openers });
    const exemplars = { count: 10, perPrompt: 10 };
    await expect(run({ exemplars })).rejects.toThrow(/exemplars\.count is 10, and a prompt shows 10, never the record/);
    // One exemplar gave a fit of NaN.
    await expect(run({ exemplars: { count: 1 } })).rejects.toThrow(/Set exemplars\.count to at least 2/);
    await expect(run({ exemplars: { count: 10, perPrompt: 2 }, simulate: { count: 8, mix: 2 } })).rejects.toThrow(
      /simulate\.mix is 2 and exemplars\.perPrompt 2/,
    );
  });
});

describe('the temperatures of uniform pairs', () => {
  it('are those of the gate that was fitted, in the baseline and in a method that names it', async () => {
    const config = await smallJob(await scratch());
    await runPipeline(config, { openers });
    const bytes = (name: string): Promise<Buffer> => readFile(join(config.output, name));
    const { gate } = decodeGate({
      weights: new Uint8Array(await bytes('gate.safetensors')),
      description: (await bytes('gate.json')).toString(),
    });
    const personas = (await lines<Persona>(config, 'personas.jsonl')).map(({ id }) => id);
    const expected = (rows: readonly SyntheticRow[]): number[] =>
      rows.map(({ personaId }) => gate.temperatures[personas.indexOf(personaId)]);
    const baseline = await rowsOf(config, 'baselines/uniform.jsonl');
    expect(baseline.map(({ temperature }) => temperature)).toEqual(expected(baseline));
    const method = { ...config, method: { ...config.method, name: 'uniform' }, output: await scratch() };
    await runPipeline({ ...method, gate: { ...config.gate, from: config.output } }, { openers });
    const rows = await rowsOf(method);
    expect(rows.map(({ temperature }) => temperature)).toEqual(expected(rows));
    expect(new Set(expected(rows)).size).toBeGreaterThan(1);
  }, 60_000);
});
