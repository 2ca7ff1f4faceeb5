import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load.js';
import { loadRecordSets } from '../../src/context/record-sets.js';
import { scratch } from '../support/scratch.js';

const lines = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `{"text":"t${from + i}"}\n`).join('');

describe('the two sets of a run', () => {
  it('are the parts of a folder', async () => {
    const folder = await scratch({ 'train.jsonl': lines(0, 4), 'test.jsonl': lines(10, 2) });
    const sets = await loadRecordSets(await loadConfig({ 'population.path': folder }, { cwd: folder }));
    expect([sets.train.length, sets.golden.map(({ text }) => text)]).toEqual([4, ['t10', 't11']]);
  });

  it('are what golden.path says', async () => {
    const folder = await scratch({ 'a.jsonl': lines(0, 4), 'b.csv': 'text\nz\n' });
    const argv = { 'population.path': join(folder, 'a.jsonl'), 'golden.path': join(folder, 'b.csv') };
    const sets = await loadRecordSets(await loadConfig(argv, { cwd: folder }));
    expect([sets.train.length, sets.golden.map(({ text }) => text)]).toEqual([4, ['z']]);
  });

  it('are four fifths and a fifth of one file, without overlap, drawn by the seed', async () => {
    const folder = await scratch({ 'a.jsonl': lines(0, 50) });
    const draw = async (seed: string): Promise<string[][]> => {
      const config = await loadConfig({ 'population.path': join(folder, 'a.jsonl'), seed }, { cwd: folder });
      const { train, golden } = await loadRecordSets(config);
      return [train, golden].map((set) => set.map(({ text }) => text));
    };
    const [train, golden] = await draw('1');
    expect([train.length, golden.length, new Set([...train, ...golden]).size]).toEqual([40, 10, 50]);
    expect(await draw('1')).toEqual([train, golden]);
    expect((await draw('2'))[1]).not.toEqual(golden);
  });

  it('keep the labels asked for, the golden ones those of the population', async () => {
    const rows = (from: number): string =>
      ['a', 'b', 'c'].map((label, i) => `{"text":"t${from + i}","label":"${label}"}\n`).join('');
    const folder = await scratch({ 'train.jsonl': rows(0), 'test.jsonl': rows(10) });
    const texts = async (argv: Record<string, string>): Promise<string[][]> => {
      const { train, golden } = await loadRecordSets(
        await loadConfig({ 'population.path': folder, ...argv }, { cwd: folder }),
      );
      return [train, golden].map((set) => set.map(({ text }) => text));
    };
    expect(await texts({ 'population.labels': 'a,c' })).toEqual([
      ['t0', 't2'],
      ['t10', 't12'],
    ]);
    expect(await texts({ 'population.labels': 'a', 'golden.labels': 'b' })).toEqual([['t0'], ['t11']]);
    await expect(texts({ 'population.labels': 'd' })).rejects.toThrow(
      'has no record with the label d: its labels are a, b, c.',
    );
  });

  it('refuses a file with a single record', async () => {
    const folder = await scratch({ 'a.jsonl': lines(0, 1) });
    const config = await loadConfig({ 'population.path': join(folder, 'a.jsonl') }, { cwd: folder });
    await expect(loadRecordSets(config)).rejects.toThrow(/at least 2 are needed/);
  });
});
