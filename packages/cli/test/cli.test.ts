import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../src/commands/registry.js';
import { scratch } from '../../pipeline/test/support/scratch.js';
import { mop } from './terminal.js';

describe('the command line', () => {
  it('lists every verb in its help, on stdout', async () => {
    const { code, stdout, stderr } = await mop(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const verb of Object.keys(COMMANDS)) expect(stdout).toMatch(new RegExp(`mop ${verb}\\b`));
  });

  it.each(Object.keys(COMMANDS))('explains mop %s, within 40 columns too', async (verb) => {
    for (const columns of [40, 120]) {
      const { code, stdout } = await mop([verb, '--help'], { columns });
      expect(code).toBe(0);
      expect(stdout).toContain(`mop ${verb}`);
    }
  });

  it('has the flag of every setting in mop run --help', async () => {
    expect((await mop(['run', '--help'])).stdout).toContain('--gate.topM');
  });

  it('prints its version', async () => {
    expect((await mop(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  const refusals: [string, string[], string][] = [
    ['no command', [], `Error: No command was given. Known are ${Object.keys(COMMANDS).join(', ')}.\n`],
    [
      'an unknown command, with the nearest',
      ['evalaute'],
      'Error: There is no command evalaute. Did you mean mop evaluate?\n',
    ],
    [
      'an unknown flag, with the nearest',
      ['validate', '--gate.topN', '3'],
      'Error: There is no flag --gate.topN here. Did you mean --gate.topM?\n',
    ],
    ['a flag without its value', ['embed', '--encoder'], 'Error: --encoder has no value. See mop <command> --help.\n'],
    [
      'a missing flag',
      ['embed', '--input', 'a'],
      'Error: --encoder and --output are missing. See mop <command> --help.\n',
    ],
    [
      'a word for a number',
      ['evaluate', '--synthetic', 'a', '--golden', 'b', '--seed', 'x'],
      'Error: --seed must be a number.\n',
    ],
    ['a missing word', ['info'], 'Error: A word is missing: mop info <folder>. See mop <command> --help.\n'],
    [
      'a word too many',
      ['validate', 'a.csv'],
      'Error: The word a.csv is one too many: mop validate. See mop <command> --help.\n',
    ],
    [
      'a flag given twice',
      ['embed', '--encoder', 'a', '--input', 'b', '--output', 'c', '--output', 'd'],
      'Error: --output is given 2 times. Give it once.\n',
    ],
  ];
  it.each(refusals)('refuses %s in one sentence', async (_, words, sentence) => {
    const { code, stdout, stderr } = await mop(words);
    expect([code, stderr]).toEqual([1, sentence]);
    expect(stdout).toBe('');
  });

  it('puts a failure in an envelope with --json, whatever failed', async () => {
    for (const words of [
      ['nonsense'],
      ['validate', '--no-such'],
      ['validate', '--population.path', '/nowhere.jsonl'],
    ]) {
      const { code, stdout, stderr } = await mop([...words, '--json']);
      expect([code, stderr]).toEqual([1, '']);
      expect(JSON.parse(stdout)).toMatchObject({
        status: 'error',
        error: { code: expect.any(String), message: expect.any(String) },
      });
    }
  });
});

describe('mop init and validate', () => {
  it('writes a file that validate takes, and leaves an existing one alone', async () => {
    const folder = await scratch({
      'r.jsonl': Array.from({ length: 400 }, (_, i) => `{"text":"t${i}","label":"l${i % 2}"}\n`).join(''),
      'model/onnx/model.onnx': 'x',
    });
    const file = join(folder, 'mop.yaml');
    expect(await mop(['init', file, '--population', 'r.jsonl'])).toMatchObject({ code: 0 });
    const again = await mop(['init', file]);
    expect([again.code, again.stderr]).toEqual([
      1,
      `Error: ${file} exists and is left as it is. Give another name, or delete it first.\n`,
    ]);
    const model = `onnx:${join(folder, 'model')}`;
    const flags = [
      '--llm.model',
      'embedded',
      '--encoder.model',
      model,
      '--exemplars.count',
      '200',
      '--evaluate.heldOut',
      '50',
    ];
    const { code, stdout, stderr } = await mop(['validate', '-c', file, ...flags, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'ok',
      data: { population: 320, training: 320, validation: 0, heldOut: 50, golden: 80, labels: ['l0', 'l1'] },
    });
    expect(await readFile(file, 'utf8')).toContain('path: r.jsonl');
  });

  it.each([
    [40, { personas: 4, exemplars: 32 }],
    // Answers out of three: as many texts can be exemplars.
    [3, { personas: 1, exemplars: 3 }],
  ])('writes counts that 40 records with %d different texts allow', async (texts, counts) => {
    const lines = Array.from({ length: 40 }, (_, i) => `{"text":"t${i % texts}"}\n`);
    const folder = await scratch({ 'r.jsonl': lines.join('') });
    const file = join(folder, 'mop.yaml');
    expect(await mop(['init', file, '--population', 'r.jsonl'])).toMatchObject({ code: 0 });
    const { code, stdout } = await mop(['validate', '-c', file, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ data: { training: 32, golden: 8, heldOut: 8, ...counts } });
    const more = await mop(['validate', '-c', file, '--exemplars.count', '33']);
    expect([more.code, more.stderr]).toEqual([
      1,
      expect.stringMatching(/there are only (32|3 different texts among the) /),
    ]);
  });

  it('refuses fewer records than any run can use', async () => {
    const folder = await scratch({ 'r.jsonl': '{"text":"a"}\n{"text":"b"}\n{"text":"c"}\n' });
    const { code, stderr } = await mop(['validate', '--population.path', join(folder, 'r.jsonl')]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/at least 8 records to fit and 4 golden ones; there are/),
    ]);
    const many = Array.from({ length: 40 }, (_, i) => `{"text":"t${i}"}`).join('\n');
    const path = join(await scratch({ 'r.jsonl': many }), 'r.jsonl');
    const words = ['validate', '--population.path', path, '--population.records', '5'];
    const few = await mop(words);
    expect([few.code, few.stderr]).toEqual([1, expect.stringMatching(/4 golden ones; there are 5 and 8/)]);
    // The paper's procedure has no folds.
    const paper = ['--gate.preset', 'paper', '--population.validation', '0', '--personas.count', '2'];
    expect(await mop([...words, ...paper, '--exemplars.count', '4', '--evaluate.heldOut', '8'])).toMatchObject({
      code: 0,
    });
  });

  it.each([
    ['personas.count', '401', /personas\.count asks for 401, but there are only 400 training records/],
    ['exemplars.count', '401', /exemplars\.count asks for 401, but there are only 400 training records/],
    [
      'population.records',
      '5000',
      /population\.records \+ population\.validation asks for 5000, but there are only 400 records/,
    ],
    ['evaluate.heldOut', '9', /evaluate\.heldOut asks for 9, but there are only 4 golden records/],
    ['exemplars.count', '1', /exemplars\.count is 1.* Set exemplars\.count to at least 2/],
    ['simulate.count', '1', /simulate\.count is 1, and figures are of at least 2 texts/],
    ['evaluate.mauve', 'paper', /500 clusters, but there are only 300 texts and 4 golden records/],
    ['simulate.mix', '2', /simulate\.mix is 2, but the template tokens has no role mixPersonas/],
    ['gate.design.records', '4', /gate\.design\.records must be a whole number of at least 5/],
    ['llm.model', 'onnx:./no-such-folder', /llm\.model: there is no folder/],
    ['encoder.model', 'onnx:EMPTY', /encoder\.model: .* holds no \.onnx file/],
  ])('validate refuses %s = %s', async (key, value, message) => {
    const folder = await scratch({
      'r.jsonl': Array.from({ length: 400 }, (_, i) => `{"text":"t${i}"}\n`).join(''),
      'g.jsonl': ['a', 'b', 'c', 'd'].map((text) => `{"text":"${text}"}\n`).join(''),
      'empty/x': '',
    });
    const settings = {
      'exemplars.count': '300',
      'evaluate.heldOut': '2',
      'simulate.count': '300',
      [key]: value.replace('EMPTY', join(folder, 'empty')),
    };
    const flags = Object.entries(settings).flatMap(([name, setting]) => [`--${name}`, setting]);
    const paths = ['--population.path', join(folder, 'r.jsonl'), '--golden.path', join(folder, 'g.jsonl')];
    const { code, stderr } = await mop(['validate', ...paths, ...flags]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });

  it('names all counts that a small file needs lowered, with ones that fit', async () => {
    const folder = await scratch({ 'r.jsonl': Array.from({ length: 72 }, (_, i) => `{"text":"t${i}"}\n`).join('') });
    const words = ['validate', '--population.path', join(folder, 'r.jsonl')];
    const { code, stderr } = await mop(words);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/ Give more records, or (?:--\S+ \d+ ?){3}\.\n$/)]);
    const counts = /or (--.*)\.\n$/.exec(stderr)?.[1]?.split(' ') ?? [];
    expect(await mop([...words, ...counts])).toMatchObject({ code: 0, stderr: '' });
  });
});
