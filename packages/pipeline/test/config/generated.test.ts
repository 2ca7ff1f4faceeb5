import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { schemaFile, withKeysTable } from '../../src/config/generated.js';
import { configOptions } from '../../src/config/flags.js';
import { CONFIG_KEYS } from '../../src/config/keys.js';
import { editDistance, nearest } from '../../src/config/nearest.js';
import { loadConfig } from '../../src/config/load.js';
import { starterConfig } from '../../src/config/starter.js';
import { scratch } from '../support/scratch.js';

const file = (name: string): string => readFileSync(new URL(`../../../cli/${name}`, import.meta.url), 'utf8');

describe('what is made from the schema', () => {
  it('mop.schema.json is current (npm run refresh)', () => {
    expect(JSON.parse(file('mop.schema.json'))).toEqual(JSON.parse(schemaFile()));
  });

  it('the table in README.md is current (npm run refresh)', () => {
    const readme = file('README.md');
    expect(readme).toBe(withKeysTable(readme));
  });

  it('every key has a flag of its name and says what it means', () => {
    expect(Object.keys(configOptions())).toEqual(expect.arrayContaining(CONFIG_KEYS.map(({ name }) => name)));
    expect(CONFIG_KEYS.filter(({ schema }) => schema.description === undefined)).toEqual([]);
  });

  it('mop init writes a file that is valid and changes no default', async () => {
    const text = starterConfig({ population: { path: 'r.jsonl' } });
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+mop\.schema\.json\n/);
    const cwd = await scratch({ 'mop.yaml': text });
    expect(await loadConfig({}, { cwd })).toEqual(
      await loadConfig({ 'population.path': 'r.jsonl' }, { cwd: await scratch() }),
    );
    for (const { name } of CONFIG_KEYS) expect(text).toContain(`${name.split('.').at(-1)}:`);
  });

  it('mop init without records writes the settings that mop run takes without a file', async () => {
    const cwd = await scratch({ 'mop.yaml': starterConfig() });
    expect(await loadConfig({}, { cwd })).toEqual(await loadConfig({}, { cwd: await scratch() }));
  });
});

describe('nearest', () => {
  it('is the choice with the fewest edits', () => {
    expect(nearest('gate.tpoM', ['gate.topM', 'gate.hidden'])).toBe('gate.topM');
    expect(nearest('topM', ['gate.topM', 'gate.hidden'])).toBe('gate.topM');
    expect(nearest('evalaute', ['evaluate', 'embed'])).toBe('evaluate');
  });

  it('is nothing when nothing is near', () => {
    expect(nearest('zzzzzzzz', ['gate.topM', 'seed'])).toBeUndefined();
  });

  it('counts insertions, deletions and substitutions', () => {
    expect([editDistance('kitten', 'sitting'), editDistance('', 'abc'), editDistance('abc', 'abc')]).toEqual([3, 3, 0]);
  });
});
