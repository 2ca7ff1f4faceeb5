import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load.js';
import type { MopConfig } from '../../src/config/schema.js';
import { loadRecordSets } from '../../src/context/record-sets.js';
import { scratch } from '../support/scratch.js';

const load = async (files: Readonly<Record<string, string>>, argv = {}): Promise<MopConfig> =>
  loadConfig(argv, { cwd: await scratch(files) });

describe('the demonstration', () => {
  it('is what runs when neither a file nor a flag names records', async () => {
    const config = await load({}, { 'simulate.count': '7' });
    expect(config.population).toMatchObject({ path: 'demo', format: 'sotu' });
    expect(config).toMatchObject({ llm: { model: 'embedded' }, personas: { source: 'keywords' } });
    expect([config.gate.input, config.simulate.count]).toEqual(['record', 7]);
  });

  it('is asked for by the path demo or by its format alone, in a file anywhere', async () => {
    const plain = await load({});
    for (const population of ['{path: demo}', '{format: sotu}']) {
      const file = { 'exp/mop.yaml': `population: ${population}\n` };
      const { output, ...config } = await load(file, { config: 'exp/mop.yaml' });
      expect({ ...config, output: 'runs/demo' }).toEqual(plain);
      expect(output).toMatch(/runs[\\/]demo$/);
    }
  });

  it('gives its settings only where nothing else was asked for', async () => {
    const config = await load({
      'mop.yaml': 'population: {path: demo}\ngate: {preset: paper, epochs: 3}\nllm: {model: onnx:m}\n',
    });
    expect([config.gate.epochs, config.gate.input]).toEqual([3, 'record']);
    expect([config.templates.name, config.personas.source]).toEqual(['generic', 'llm']);
  });

  it('is not taken for a folder called demo, nor run for a file that forgot its records', async () => {
    expect((await load({ 'mop.yaml': 'population: {path: ./demo}\n' })).population.path).toBe('./demo');
    await expect(load({ 'mop.yaml': 'seed: 1\n' })).rejects.toThrow('population.path is missing from mop.yaml');
    await expect(load({}, { 'population.format': 'csv' })).rejects.toThrow('population.path is missing');
  });

  it('has the addresses since 1980 as its target and those of all eras as its pool, none of them seen by the embedded model', async () => {
    const { train, golden, pool } = await loadRecordSets(await load({}));
    expect([train.length, golden.length, pool?.length]).toEqual([505, 506, 3146]);
    const since = (records: readonly { readonly context?: string }[]): number =>
      Math.min(...records.map(({ context }) => Number(context?.slice(-4))));
    expect([since(train), since(golden), since(pool ?? [])]).toEqual([1980, 1980, 1790]);
    const texts = new Set(train.map(({ text }) => text));
    expect(golden.filter(({ text }) => texts.has(text))).toEqual([]);
  });

  it('has no pool where another part of the addresses is named', async () => {
    const config = await load({}, { 'population.split': 'train' });
    expect([config.pool, config.golden.split]).toEqual([undefined, 'test']);
    const { train, golden } = await loadRecordSets(config);
    expect([train.length, golden.length]).toEqual([3146, 3470]);
  });

  it('is written out in experiments/quickstart.yaml', async () => {
    const path = fileURLToPath(new URL('../../../../experiments/quickstart.yaml', import.meta.url));
    const { output, ...config } = await load({ 'mop.yaml': await readFile(path, 'utf8') });
    const { output: own, ...plain } = await load({});
    expect([config, output, own]).toEqual([plain, '../runs/demo', 'runs/demo']);
  });
});
