import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fakeEncoder } from '@mixture-of-personas/encoder/testing';
import type { MetricValue } from '@mixture-of-personas/metrics';
import { matrixOf, normal, randomFor } from '@mixture-of-personas/numeric';
import { encodeNpy, type ModelOpeners } from '@mixture-of-personas/pipeline';
import { numpyFile } from '../../../pipeline/test/support/numpy-files.js';
import { scratch } from '../../../pipeline/test/support/scratch.js';
import { describeWithShared, sharedPath } from '../../../pipeline/test/support/shared-data.js';
import { mop } from '../terminal.js';

const openers: ModelOpeners = {
  openEncoder: () => Promise.resolve(fakeEncoder({ cols: 4 })),
  openLanguageModel: () => Promise.reject(new Error('evaluate opens no language model')),
};

const gaussian = (rows: number, shift: number): Uint8Array =>
  encodeNpy(
    matrixOf(
      Array.from({ length: rows }, (_, i) => {
        const random = randomFor(shift, 'test', i);
        return [0, 1, 2].map(() => normal(random) + shift);
      }),
    ),
  );

const texts = (count: number, word: string): string =>
  Array.from({ length: count }, (_, i) => `{"text":"${word} number ${i % 17}","label":"${i % 2}"}\n`).join('');

/** `mop evaluate` on two files of a scratch folder. */
async function evaluate(
  files: Record<string, string | Uint8Array>,
  flags: readonly string[],
  signal?: AbortSignal,
): ReturnType<typeof mop> {
  const folder = await scratch(files);
  const [a, b] = Object.keys(files).map((name) => join(folder, name));
  const words = [
    'evaluate',
    '--synthetic',
    a,
    '--golden',
    b ?? a,
    ...(flags.includes('--bootstrap') ? [] : ['--bootstrap', '10']),
    ...flags,
  ];
  return mop(words, signal === undefined ? { openers } : { openers, signal });
}

const figuresOf = (stdout: string): Record<string, MetricValue> =>
  (JSON.parse(stdout) as { data: Record<string, MetricValue> }).data;

describe('mop evaluate', () => {
  const matrices = { 'a.npy': gaussian(60, 0), 'b.npy': gaussian(50, 1) };

  it('prints the figures asked for in an envelope, by name, with interval, floor and n', async () => {
    const { code, stdout } = await evaluate(matrices, ['--metrics', 'fid,mauve', '--json']);
    const data = figuresOf(stdout);
    expect([code, Object.keys(data)]).toEqual([0, ['frechet', 'mauve']]);
    expect(data['frechet']).toMatchObject({
      n: [60, 50],
      interval: [expect.any(Number), expect.any(Number)],
      floor: null, // 110 real records would be needed
      split: { value: expect.any(Number), n: [27, 23] },
    });
    expect(data['frechet'].value).toBeGreaterThan(2);
  });

  it('chooses the unbiased distance where rows are few and no figures are named, besides those of conditions', async () => {
    const [few, enough] = await Promise.all(
      [12, 60].map((rows) =>
        evaluate({ 'a.npy': gaussian(rows, 0), 'b.npy': gaussian(rows, 1) }, [
          '--bootstrap',
          '0',
          '--json',
          '--fail-if',
          'energy>1e6',
        ]),
      ),
    );
    const [first, second] = [few, enough].map(({ stdout }) => Object.keys(figuresOf(stdout)));
    expect(second).toEqual(['frechet', 'mauve', 'cosine-kl', 'energy']);
    expect(first).toEqual(['kid', 'mauve', 'cosine-kl', 'energy']);
    expect(figuresOf(few.stdout)['kid'].warnings[0]).toContain('kid stands in for frechet');
  });

  it('prints a table for people, in 40 columns too', async () => {
    const { stdout } = await evaluate(matrices, ['--metrics', 'fid']);
    expect(stdout).toMatch(/^metric +better +value +interval +floor +n\nfrechet +↓ /);
  });

  it('exits with 2 when a condition holds, and prints the figures all the same', async () => {
    const { code, stdout, stderr } = await evaluate(matrices, [
      '--metrics',
      'kid',
      '--fail-if',
      'fid>1',
      '--fail-if',
      'mauve.mauveStar<=0.01',
      '--json',
    ]);
    expect([code, Object.keys(figuresOf(stdout))]).toEqual([2, ['kid', 'frechet', 'mauve']]);
    expect(stderr).toMatch(/Warning: fid>1 holds: it is \d/);
    expect((JSON.parse(stdout) as { status: string }).status).toBe('ok');
    expect(await evaluate(matrices, ['--metrics', 'fid', '--fail-if', 'fid>1e6'])).toMatchObject({ code: 0 });
  });

  it('embeds texts with the encoder that is named, and takes a matrix as it is', async () => {
    const files = { 'a.jsonl': texts(40, 'rain'), 'b.csv': 'text\nsun one\nsun two\nsun three\nrain four\n' };
    const { code, stdout } = await evaluate(files, ['--encoder', 'fake', '--metrics', 'frechet,distinct-n', '--json']);
    expect([code, figuresOf(stdout)['frechet'].n]).toEqual([0, [40, 4]]);
    const mixed = {
      'a.jsonl': texts(40, 'rain'),
      'b.npy': encodeNpy(
        matrixOf([
          [1, 2, 3, 4],
          [4, 3, 2, 1],
          [0, 1, 0, 1],
        ]),
      ),
    };
    expect(await evaluate(mixed, ['--encoder', 'fake', '--metrics', 'kid'])).toMatchObject({ code: 0 });
  });

  it('compares labels without an encoder', async () => {
    const { stdout } = await evaluate({ 'a.jsonl': texts(40, 'a') }, ['--metrics', 'answers', '--json']);
    expect(figuresOf(stdout)['answers'].value).toBe(0);
  });

  it('reads an array of an .npz', async () => {
    const folder = await scratch({ 'a.npz': numpyFile('npzTwoArrays'), 'b.npz': numpyFile('npzCompressed') });
    const run = (a: string): ReturnType<typeof mop> =>
      mop(['evaluate', '--synthetic', a, '--golden', join(folder, 'b.npz'), '--metrics', 'kid', '--bootstrap', '0']);
    expect(await run(`${join(folder, 'a.npz')}#embeddings`)).toMatchObject({ code: 0 });
    expect((await run(join(folder, 'a.npz'))).stderr).toMatch(
      /has 2 arrays: embeddings, other\. Name one: .*#embeddings/,
    );
    expect((await run(`${join(folder, 'a.npz')}#no`)).stderr).toMatch(/has no array no; it has embeddings, other/);
  });

  const refusals: [string, Record<string, string | Uint8Array>, string[], RegExp][] = [
    [
      'an unknown metric, with the nearest',
      matrices,
      ['--metrics', 'mauv'],
      /There is no metric mauv\. Did you mean mauve\?/,
    ],
    ['no metric', matrices, ['--metrics', ','], /No metric was named/],
    ['a condition it cannot read', matrices, ['--fail-if', 'fid=1'], /--fail-if "fid=1" is no condition/],
    [
      'a part that a figure does not have',
      matrices,
      ['--metrics', 'fid', '--fail-if', 'fid.x>1'],
      /frechet has no part x/,
    ],
    ['texts without an encoder', { 'a.jsonl': texts(4, 'a') }, [], /frechet needs embeddings.* --encoder/],
    [
      'embeddings where texts are needed',
      matrices,
      ['--metrics', 'distinct-n'],
      /distinct-n needs texts, and the synthetic side is a matrix/,
    ],
    [
      'rows without labels',
      { 'a.txt': 'one\ntwo\n' },
      ['--metrics', 'f1'],
      /f1 needs a label in every row; 2 of 2 synthetic rows have none/,
    ],
    [
      'widths that differ',
      {
        'a.npy': gaussian(9, 0),
        'b.npy': encodeNpy(
          matrixOf([
            [1, 2],
            [3, 4],
            [5, 7],
          ]),
        ),
      },
      [],
      /equal width.* 3 and 2 columns/,
    ],
    [
      'NaN, with its row',
      {
        'a.npy': encodeNpy(
          matrixOf([
            [1, 2],
            [NaN, 4],
            [5, 7],
          ]),
        ),
      },
      ['--metrics', 'fid'],
      /NaN in row 1, column 0/,
    ],
    ['a broken matrix', { 'a.npy': 'nothing' }, [], /a\.npy cannot be read as \.npy/],
    ['a negative count of resamples', matrices, ['--bootstrap', '-1'], /bootstrap must be .*-1/],
  ];
  it.each(refusals)('refuses %s', async (_, files, flags, message) => {
    const { code, stdout, stderr } = await evaluate(files, flags);
    expect([code, stdout, stderr.trimEnd().split('\n').at(-1)]).toEqual([1, '', expect.stringMatching(message)]);
  });

  it('stops with 130 when it is asked to', async () => {
    const controller = new AbortController();
    controller.abort(new DOMException('stop', 'AbortError'));
    const { code, stdout, stderr } = await evaluate(matrices, [], controller.signal);
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toMatch(/Stopped as asked/);
  });
});

describeWithShared('mop evaluate on the reference matrices', () => {
  it('prints the expected Fréchet distance', async () => {
    interface Case {
      x_npy?: string;
      y_npy?: string;
      expected: number;
      tol_abs: number;
    }
    const file = JSON.parse(readFileSync(sharedPath('golden/metrics/frechet.json'), 'utf8')) as { cases: Case[] };
    const cases = file.cases.filter(({ x_npy: x }) => x !== undefined);
    expect(cases.length).toBeGreaterThan(0);
    for (const { x_npy: x = '', y_npy: y = '', expected, tol_abs: tolerance } of cases) {
      const path = (name: string): string => sharedPath(`golden/metrics/${name}`);
      const { stdout } = await mop([
        'evaluate',
        '--synthetic',
        path(x),
        '--golden',
        path(y),
        '--metrics',
        'frechet',
        '--bootstrap',
        '0',
        '--json',
      ]);
      expect(Math.abs((figuresOf(stdout)['frechet'].parts['raw'] ?? NaN) - expected)).toBeLessThanOrEqual(tolerance);
    }
  });
});
