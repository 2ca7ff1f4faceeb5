import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { gateInput, withGateInput } from '../../src/config/gate-preset.js';
import { CONFIG_KEYS, expectation } from '../../src/config/keys.js';
import { loadConfig } from '../../src/config/load.js';
import type { MopConfig } from '../../src/config/schema.js';
import { GATE_DEFAULTS } from '../../src/config/sections/gate.js';
import { scratch } from '../support/scratch.js';

const BASE = 'population:\n  path: a.jsonl\n';

async function load(yaml: string, argv: Readonly<Record<string, unknown>> = {}): Promise<MopConfig> {
  return loadConfig(argv, { cwd: await scratch({ 'mop.yaml': yaml }) });
}

describe('where a setting comes from', () => {
  it('fills in every default', async () => {
    const config = await load(BASE);
    expect(config).toMatchObject({
      population: { path: 'a.jsonl', format: 'auto', split: 'train' },
      llm: { model: 'embedded' },
      encoder: { model: 'embedded' },
      personas: { count: 100, source: 'keywords' },
      templates: { name: 'tokens' },
      exemplars: { count: 1000 },
      gate: { input: 'auto', hidden: 128, topM: 4, temperature: 0.6, selfMask: 1, exploration: { kind: 'gumbel' } },
      seed: 0,
    });
  });

  it('words personas and prompts for the model: keywords and marks for the embedded one, sentences for others', async () => {
    const other = await load(BASE, { 'llm.model': 'onnx:some/model' });
    expect([other.personas.source, other.templates.name]).toEqual(['llm', 'generic']);
    const given = await load(`${BASE}personas: {source: random}\ntemplates: {name: yelp}\n`);
    expect([given.personas.source, given.templates.name]).toEqual(['random', 'yelp']);
  });

  it('fits by texts, by the likelihood given the context where all records have one, and by the marginal one where nothing writes', async () => {
    const aimOf = async (yaml: string, contexts: readonly (string | undefined)[] = [undefined]) => {
      const sets = { train: contexts.map((context) => ({ context })), golden: [] };
      const { gate, evaluate } = withGateInput(await load(`${BASE}${yaml}`), sets);
      return [gate.input, gate.objective, evaluate.baselines.includes('likelihood')];
    };
    expect(await aimOf('')).toEqual(['record', 'texts', true]);
    expect(await aimOf('', ['a', 'b'])).toEqual(['context', 'conditional', false]);
    expect(await aimOf('', ['a', 'a'])).toEqual(['record', 'texts', true]);
    expect(await aimOf('', ['a', 'b', undefined])).toEqual(['record', 'texts', true]);
    expect(await aimOf('gate: {texts: {count: 80}}', ['a', 'b'])).toEqual(['record', 'texts', true]);
    expect(await aimOf('gate: {objective: marginal}', ['a', 'b'])).toEqual(['record', 'marginal', false]);
    expect(await aimOf('gate: {objective: conditional}')).toEqual(['context', 'conditional', false]);
    expect(await aimOf('gate: {input: context}')).toEqual(['context', 'conditional', false]);
    expect(await aimOf('gate: {input: record}', ['a', 'b'])).toEqual(['record', 'texts', true]);
    expect(await aimOf('gate: {preset: paper}', ['a', 'b'])).toEqual(['record', undefined, false]);
    expect(await aimOf('method: {name: zero-shot}', ['a', 'b'])).toEqual(['record', undefined, false]);
    expect(await aimOf('llm: {scorer: ["http://a:1"]}')).toEqual(['record', 'marginal', false]);
    expect(await aimOf('llm: {model: "server:http://a:1#m", api: chat}', ['a', 'b'])).toEqual([
      'record',
      'texts',
      false,
    ]);
    expect(() => gateInput({ gate: { ...GATE_DEFAULTS } })).toThrow(/gate.input is auto/);
  });

  it('takes flag over --set over file over default', async () => {
    const yaml = `${BASE}gate:\n  preset: paper\n  topM: 5\n  hidden: 5\n  epochs: 5\n`;
    const { gate } = await load(yaml, { set: ['gate.topM=6', 'gate.hidden=6'], 'gate.topM': '7' });
    expect([gate.topM, gate.hidden, gate.epochs, gate.patience]).toEqual([7, 6, 5, 2]);
  });

  it('reads lists, numbers, booleans and negations from text', async () => {
    const config = await load(BASE, {
      'evaluate.metrics': 'kid,vendi',
      'evaluate.normalize': '',
      'gate.preset': 'paper',
      'gate.learningRate': '5e-4',
      'evaluate.baselines': '[]',
      'population.columns.text': '123',
    });
    expect(config.evaluate).toMatchObject({ metrics: ['kid', 'vendi'], normalize: true, baselines: [] });
    expect([config.gate.learningRate, config.population.columns.text]).toEqual([5e-4, '123']);
    expect((await load(BASE, { 'evaluate.normalize': false })).evaluate.normalize).toBe(false);
    const temperatures = ['0.5', 'fitted'].map((text) => load(BASE, { 'simulate.temperature': text }));
    expect((await Promise.all(temperatures)).map(({ simulate }) => simulate.temperature)).toEqual([0.5, 'fitted']);
  });

  it('says of every setting but words what it takes', () => {
    const unsaid = CONFIG_KEYS.filter(({ schema }) => schema.type !== 'string' && expectation(schema) === 'some text');
    expect(unsaid).toEqual([]);
  });

  it('takes a key with nothing after it as its default, and still refuses one nobody knows', async () => {
    expect((await load(`${BASE}gate:\nseed:\n`)).gate.topM).toBe(4);
    await expect(load(`${BASE}gat:\n`)).rejects.toThrow('mop.yaml line 3: there is no setting gat.');
  });

  it('needs no file', async () => {
    const config = await loadConfig({ 'population.path': 'x.csv' }, { cwd: await scratch() });
    expect(config.population.path).toBe('x.csv');
  });

  it('takes paths of a file relative to the file, and those of flags relative to the working folder', async () => {
    const cwd = await scratch({ 'exp/mop.yaml': `${BASE}output: out\ngolden:\n  path: /data/g.csv\n` });
    const config = await loadConfig({ config: 'exp/mop.yaml', 'personas.file': 'p.jsonl' }, { cwd });
    expect([config.population.path, config.output, config.golden.path, config.personas.file]).toEqual([
      join('exp', 'a.jsonl'),
      join('exp', 'out'),
      '/data/g.csv',
      'p.jsonl',
    ]);
  });
});

describe('refusals, each one sentence', () => {
  type Case = [title: string, yaml: string, argv: Readonly<Record<string, unknown>>, message: RegExp, remedy?: RegExp];
  const cases: Case[] = [
    [
      'an unknown key, with line and nearest',
      `${BASE}gate:\n  hidden: 4\n  topm: 4\n`,
      {},
      /^mop\.yaml line 5: there is no setting gate\.topm\.$/,
      /Did you mean gate\.topM\?/,
    ],
    [
      'a dotted key, which has its meaning in flags and experiments alone',
      `${BASE}gate.topM: 3\n`,
      {},
      /^mop\.yaml line 3: there is no setting gate\.topM\.$/,
      /^In a file it stands in its section: gate: \{topM: …\}\.$/,
    ],
    [
      'an unknown section',
      `${BASE}gating:\n  topM: 4\n`,
      {},
      /^mop\.yaml line 3: there is no setting gating\.$/,
      /Did you mean gate\?/,
    ],
    [
      'a key in the wrong section',
      `${BASE}llm:\n  topM: 4\n`,
      {},
      /line 4: there is no setting llm\.topM/,
      /gate\.topM/,
    ],
    [
      'a number out of range',
      `${BASE}gate:\n  topM: 0\n`,
      {},
      /^mop\.yaml line 4: gate\.topM must be a whole number of at least 1, got 0\.$/,
    ],
    ['text for a number', `${BASE}seed: many\n`, {}, /line 3: seed must be a whole number, got "many"/],
    [
      'a fraction for a whole number',
      `${BASE}personas: {count: 2.5}\n`,
      {},
      /line 3: personas\.count must be a whole number of at least 1, got 2\.5/,
    ],
    [
      'an unknown choice',
      `${BASE}gate:\n  input: text\n`,
      {},
      /gate\.input must be one of auto, context, record, none, got "text"/,
    ],
    [
      'an unknown metric in a list',
      `${BASE}evaluate:\n  metrics: [mauve, fidd]\n`,
      {},
      /line 4: evaluate\.metrics\.1 must be one of frechet/,
    ],
    ['a scalar for a section', `${BASE}gate: 4\n`, {}, /line 3: gate must be a section with preset, objective/],
    [
      'a bad flag',
      BASE,
      { 'gate.topM': 'x' },
      /^--gate\.topM: gate\.topM must be a whole number of at least 1, got "x"/,
    ],
    [
      'an unknown --set',
      BASE,
      { set: 'gate.tpoM=3' },
      /--set gate\.tpoM=3: there is no setting gate\.tpoM/,
      /gate\.topM/,
    ],
    [
      'a setting of the paper’s procedure without its preset',
      `${BASE}gate:\n  topM: 8\n`,
      {},
      /^gate\.topM has no meaning with gate\.preset default\.$/,
      /gate\.preset: paper/,
    ],
    [
      'a number out of range beside a word',
      BASE,
      { 'simulate.temperature': '5' },
      /^--simulate\.temperature: simulate\.temperature must be fitted or a number above 0 and at most 4, got 5\.$/,
    ],
    ['--set without a value', BASE, { set: 'gate.topM' }, /has no value; write --set KEY=VALUE/],
    ['no population', 'seed: 1\n', {}, /population\.path is missing from mop\.yaml: some text is needed/],
    ['an empty file', '', {}, /population\.path is missing/],
    [
      'a key given twice',
      `${BASE}seed: 1\nseed: 2\n`,
      {},
      /mop\.yaml line 4 is not valid YAML: Map keys must be unique/,
    ],
    ['broken YAML', 'population: [\n', {}, /mop\.yaml line \d is not valid YAML/],
    ['a list instead of settings', '- a\n', {}, /holds no settings/],
  ];
  it.each(cases)('%s', async (_, yaml, argv, message, ...[remedy]) => {
    const failure = (await load(yaml, argv).catch((error: unknown) => error)) as { remedy?: string };
    expect(failure).toMatchObject({ name: 'UserError', problem: expect.stringMatching(message) });
    if (remedy !== undefined) expect(failure.remedy).toMatch(remedy);
  });

  it('aliases that multiply', async () => {
    const rows = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`);
    await expect(load(`a0: &a0 [x]\n${rows.join('\n')}\n`)).rejects.toMatchObject({ name: 'UserError' });
  });

  it('a file that is not there, and one that is not UTF-8', async () => {
    await expect(loadConfig({ config: 'no.yaml' }, { cwd: await scratch() })).rejects.toThrow(
      'There is no configuration file no.yaml.',
    );
    const cwd = await scratch({ 'mop.yaml': Uint8Array.from([0x61, 0xff]) });
    await expect(loadConfig({}, { cwd })).rejects.toThrow(/not UTF-8: byte 0xff at offset 1/);
  });

  it('says that a key is called __proto__ and nothing more happens', async () => {
    await expect(load(`${BASE}__proto__:\n  seed: 1\n`)).rejects.toMatchObject({ name: 'UserError' });
    expect(({} as Record<string, unknown>)['seed']).toBeUndefined();
  });
});
