import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fakeEncoder } from '@mixture-of-personas/encoder/testing';
import { fakeModel } from '@mixture-of-personas/llm/testing';
import { unitRows } from '@mixture-of-personas/numeric';
import {
  decodeNpy,
  type Disk,
  embedToFile,
  type ModelOpeners,
  readRecords,
  realDisk,
} from '@mixture-of-personas/pipeline';
import { scratch } from '../../../pipeline/test/support/scratch.js';
import { mop } from '../terminal.js';

const openers: ModelOpeners = {
  openEncoder: () => Promise.resolve(fakeEncoder({ cols: 5 })),
  openLanguageModel: () => Promise.resolve(fakeModel()),
};

const many = (count: number): string => Array.from({ length: count }, (_, i) => `{"text":"text ${i}"}\n`).join('');

describe('mop embed', () => {
  it.each([1, 511, 512, 1300])('writes one row per text, in order: %d texts', async (count) => {
    const folder = await scratch({ 'in.jsonl': many(count) });
    const output = join(folder, 'out.npy');
    const { code, stdout } = await mop(
      ['embed', '--encoder', 'fake', '--input', join(folder, 'in.jsonl'), '--output', output],
      { openers },
    );
    expect([code, stdout]).toEqual([0, `Wrote ${output}: ${count} × 5, float32.\n`]);
    const texts = Array.from({ length: count }, (_, i) => `text ${i}`);
    const matrix = decodeNpy(await readFile(output), output);
    expect([matrix.rows, matrix.cols]).toEqual([count, 5]);
    expect(Array.from(matrix.data)).toEqual(Array.from((await fakeEncoder({ cols: 5 }).embed(texts)).data));
  });

  it('scales rows to unit length with --normalize, and takes another column', async () => {
    const folder = await scratch({ 'in.csv': 'review,n\nfine food,1\nbad,2\n' });
    const output = join(folder, 'out.npy');
    await mop(
      [
        'embed',
        '--encoder',
        'fake',
        '--input',
        join(folder, 'in.csv'),
        '--text',
        'review',
        '--output',
        output,
        '--normalize',
      ],
      { openers },
    );
    const expected = unitRows(await fakeEncoder({ cols: 5 }).embed(['fine food', 'bad']));
    expect(Array.from(decodeNpy(await readFile(output), output).data)).toEqual(Array.from(expected.data));
  });

  it('tells a bad last line before the encoder is asked, and leaves no file', async () => {
    const folder = await scratch({ 'in.jsonl': `${many(600)}{"text":""}\n` });
    const never: ModelOpeners = { ...openers, openEncoder: () => Promise.reject(new Error('opened')) };
    const run = await mop(
      ['embed', '--encoder', 'x', '--input', join(folder, 'in.jsonl'), '--output', join(folder, 'out.npy')],
      { openers: never },
    );
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('in.jsonl line 601: the text is empty.')]);
    expect(await readdir(folder)).toEqual(['in.jsonl']);
  });

  it('leaves the old file when the disk fills up on the way', async () => {
    const folder = await scratch({ 'in.jsonl': many(1000), 'out.npy': 'old' });
    let room = 12_000;
    const full: Disk = {
      ...realDisk,
      create: async (path) => {
        const handle = await realDisk.create(path);
        return {
          sync: () => handle.sync(),
          close: () => handle.close(),
          write: (bytes, offset, length, position) => {
            room -= length;
            if (room < 0) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
            return handle.write(bytes, offset, length, position);
          },
        };
      },
    };
    const output = join(folder, 'out.npy');
    const records = readRecords({ path: join(folder, 'in.jsonl') });
    const failing = embedToFile(records, { encoder: fakeEncoder({ cols: 5 }), output, normalize: false, disk: full });
    await expect(failing).rejects.toThrow(`${output}: the disk is full.`);
    expect([await readFile(output, 'utf8'), await readdir(folder)]).toEqual(['old', ['in.jsonl', 'out.npy']]);
  });
});

describe('mop score', () => {
  const lines = [
    { id: 'a', prompt: 'Say hello.', completion: 'hello', temperatures: [0.6, 1] },
    { messages: [{ role: 'user', content: 'Say hello.' }], completion: '', endOfTurn: false },
  ];
  const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const score = async (content: string): Promise<{ folder: string; run: Awaited<ReturnType<typeof mop>> }> => {
    const folder = await scratch({ 'in.jsonl': content });
    const files = ['--input', join(folder, 'in.jsonl'), '--output', join(folder, 'out.jsonl')];
    return { folder, run: await mop(['score', '--llm', 'fake', ...files], { openers }) };
  };

  it('writes one line per request with tokens, log-probabilities and derivatives at each temperature', async () => {
    const { folder, run } = await score(jsonl(lines));
    expect(run.code).toBe(0);
    const rows = (await readFile(join(folder, 'out.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const [first] = await fakeModel().score([{ prompt: { text: 'Say hello.' }, completion: 'hello', endOfTurn: true }]);
    expect(rows[0]).toEqual({
      id: 'a',
      tokens: first.tokens,
      logProbabilities: [0.6, 1].map((temperature) => first.logProbability(temperature)),
      derivatives: [0.6, 1].map((temperature) => first.derivative(temperature)),
    });
    expect(rows[1]).toMatchObject({ id: 2, tokens: 0 });
  });

  it('tells how far the bounds of a server lie apart, a row in each line, a table and --json', async () => {
    const asked: unknown[] = [];
    const bounded: ModelOpeners = {
      ...openers,
      openLanguageModel: (_name, _threads, server) => {
        asked.push(server);
        const model = fakeModel();
        const score: typeof model.score = async (requests, options) =>
          (await model.score(requests, options)).map(({ tokens }, i) => ({
            tokens,
            logProbability: () => -1,
            derivative: () => 0,
            width: (temperature) => (1 - temperature) * (i + 1),
          }));
        return Promise.resolve({ ...model, score });
      },
    };
    const folder = await scratch({
      'in.jsonl': jsonl([0, 1].map((id) => ({ id, prompt: 'p', completion: 'one two', temperatures: [1, 0.5, 0.75] }))),
    });
    const words = ['score', '--llm', 'x', '--input', join(folder, 'in.jsonl'), '--output', join(folder, 'out.jsonl')];
    const run = await mop([...words, '--topLogProbabilities', '50'], { openers: bounded });
    expect(asked[0]).toMatchObject({ temperatures: [0.5, 1], topLogProbabilities: 50 });
    const [first, second] = (await readFile(join(folder, 'out.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { tokens: number; widths: number[] });
    expect([first.widths, second.widths]).toEqual([
      [0, 0.5, 0.25],
      [0, 1, 0.5],
    ]);
    const each = (nats: number): string => (nats / first.tokens).toFixed(3);
    expect(run.stdout.replace(/ +/g, ' ')).toContain(
      ` 0.5 2 0.750 1.000 ${each(1)}\n 0.75 2 0.375 0.500 ${each(0.5)}\n 1 2 0.000 0.000 0.000\n\nThe server tells`,
    );
    const { stdout } = await mop([...words, '--json'], { openers: bounded });
    expect((JSON.parse(stdout) as { data: { bounds: object[] } }).data.bounds[0]).toEqual({
      temperature: 0.5,
      rows: 2,
      mean: 0.75,
      widest: 1,
      widestPerToken: 1 / first.tokens,
    });
  });

  it('asks for temperature 1 alone where no line asks for another', async () => {
    const asked: unknown[] = [];
    const folder = await scratch({ 'in.jsonl': jsonl([{ prompt: 'p', completion: 'c' }]) });
    const words = ['score', '--llm', 'x', '--input', join(folder, 'in.jsonl'), '--output', join(folder, 'out.jsonl')];
    const { stdout } = await mop(words, {
      openers: { ...openers, openLanguageModel: (...given) => Promise.resolve((asked.push(given[2]), fakeModel())) },
    });
    expect(asked).toEqual([expect.objectContaining({ temperatures: 'fixed' })]);
    expect(stdout).toMatch(/^Wrote \S+: 1 rows from 1 forward passes\.\n$/);
  });

  it('keeps the order over many blocks', async () => {
    const { folder } = await score(
      jsonl(Array.from({ length: 150 }, (_, id) => ({ id, prompt: 'p', completion: `c${id}` }))),
    );
    const rows = (await readFile(join(folder, 'out.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(rows.map((row) => (JSON.parse(row) as { id: number }).id)).toEqual(
      Array.from({ length: 150 }, (_, id) => id),
    );
  });

  it.each([
    ['a line without completion', { id: 1, prompt: 'p' }, /in\.jsonl line 1: completion: /],
    ['neither prompt nor messages', { completion: 'c' }, /line 1 has neither messages nor prompt\./],
    [
      'both prompt and messages',
      { prompt: 'p', messages: [{ role: 'user', content: 'x' }], completion: 'c' },
      /has both messages and prompt/,
    ],
    ['a role nobody has', { messages: [{ role: 'me', content: 'x' }], completion: 'c' }, /messages\.0\.role/],
    ['a temperature of zero', { prompt: 'p', completion: 'c', temperatures: [0] }, /temperatures\.0/],
  ])('refuses %s and leaves no file', async (_, line, message) => {
    const { folder, run } = await score(jsonl([line]));
    expect([run.code, run.stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(await readdir(folder)).toEqual(['in.jsonl']);
  });

  it('names the line of a pair that the model cannot take', async () => {
    const lines = ['short', 'far too long'].map((completion) => `{"prompt":"Say","completion":"${completion}"}\n`);
    const folder = await scratch({ 'in.jsonl': lines.join('') });
    const score = (): Promise<never> => Promise.reject(new Error('too long'));
    const model = { ...fakeModel({ window: 10 }), score };
    const { code, stderr } = await mop(
      ['score', '--llm', 'fake', '--input', join(folder, 'in.jsonl'), '--output', join(folder, 'out.jsonl')],
      { openers: { ...openers, openLanguageModel: () => Promise.resolve(model) } },
    );
    expect([code, stderr]).toEqual([1, expect.stringMatching(/in\.jsonl line 2 takes 16 tokens and the model 10/)]);
  });

  it('refuses an empty file and one that is not there', async () => {
    expect((await score('')).run.stderr).toMatch(/has no requests: it is empty/);
    const run = await mop(['score', '--llm', 'x', '--input', '/nowhere.jsonl', '--output', '/tmp/x'], { openers });
    expect(run.stderr).toMatch(/^Error: \/nowhere\.jsonl: there is no such file or folder\./);
  });
});
