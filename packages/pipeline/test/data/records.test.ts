import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { countRecords, loadRecords, readRecords, type RecordSource } from '../../src/data/records.js';
import { scratch } from '../support/scratch.js';
import { describeWithShared, sharedPath } from '../support/shared-data.js';

/** Loads one file of the given name and content. */
async function load(
  name: string,
  content: string | Uint8Array,
  source: Omit<RecordSource, 'path'> = {},
): ReturnType<typeof loadRecords> {
  return loadRecords({ path: join(await scratch({ [name]: content }), name), ...source });
}

const parquet = (columns: Record<string, unknown[]>): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: Object.entries(columns).map(([name, data]) => ({ name, data })),
      rowGroupSize: 2,
    }),
  );

describe('formats', () => {
  it('reads jsonl, with ids from the line where there are none', async () => {
    const records = await load(
      'a.jsonl',
      '\uFEFF{"text":"one","label":3}\n\n{"text":"two","id":"x","context":"c"}\r\n',
    );
    expect(records).toEqual([
      { id: 'a.jsonl:1', text: 'one', label: '3' },
      { id: 'x', text: 'two', context: 'c' },
    ]);
  });

  it('reads csv with quotes, commas and line breaks inside a text', async () => {
    const records = await load('a.csv', 'text,label\n"one, ""two""\nthree",x\nfour,\n');
    expect(records).toEqual([
      { id: 'a.csv:3', text: 'one, "two"\nthree', label: 'x' },
      { id: 'a.csv:4', text: 'four' },
    ]);
  });

  it('reads tsv without giving quotes a meaning', async () => {
    expect(await load('a.tsv', 'text\tlabel\n"so" it\'s "\tx\n')).toEqual([
      { id: 'a.tsv:2', text: '"so" it\'s "', label: 'x' },
    ]);
  });

  it('reads Parquet over several row groups, and stops at the limit', async () => {
    const file = parquet({ text: ['a', 'b', 'c', 'd', 'e'], stars: [1, 2, 3, 4, 5] });
    const records = await load('a.parquet', file, { columns: { label: 'stars' } });
    expect(records.map(({ id, text, label }) => [id, text, label])).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((text, i) => [`a.parquet:${i + 1}`, text, String(i + 1)]),
    );
    expect(await load('a.parquet', file, { limit: 3 })).toHaveLength(3);
  });

  it('knows the AG News and Yelp layouts by their look, and SST-2 by its header', async () => {
    expect(await load('train.csv', '"3","Up","Stocks rose."\n"4","New","A chip."\n')).toEqual([
      { id: 'train.csv:1', text: 'Up Stocks rose.', label: 'Business' },
      { id: 'train.csv:2', text: 'New A chip.', label: 'Sci/Tech' },
    ]);
    expect(await load('y.csv', '"1","bad ""food"""\n"2","good"\n')).toMatchObject([
      { text: 'bad "food"', label: 'negative' },
      { text: 'good', label: 'positive' },
    ]);
    expect(await load('s.tsv', 'sentence\tlabel\nfine , truly\t1\n')).toMatchObject([
      { text: 'fine , truly', label: 'positive' },
    ]);
  });

  it('takes a plain csv with a header for one, even if it starts with a number', async () => {
    expect(await load('a.csv', 'text,n\n1,2\n')).toMatchObject([{ text: '1' }]);
  });

  it('reads a folder of texts with the folder below as the label, and aclImdb with names', async () => {
    const folder = await scratch({
      'train/pos/1_9.txt': 'good\n',
      'train/neg/0_1.txt': 'bad',
      'train/unsup/5.txt': 'x',
    });
    expect(await loadRecords({ path: folder })).toEqual([
      { id: 'train:neg/0_1.txt', text: 'bad', label: 'negative' },
      { id: 'train:pos/1_9.txt', text: 'good', label: 'positive' },
    ]);
    const own = await scratch({ 'poems/a.txt': 'p', 'b.txt': 'q', 'c.md': 'no' });
    expect((await loadRecords({ path: own })).map(({ text, label }) => [text, label])).toEqual([
      ['q', undefined],
      ['p', 'poems'],
    ]);
  });

  it('reads one text per line', async () => {
    expect(await load('a.txt', 'one\n\ntwo')).toEqual([
      { id: 'a.txt:1', text: 'one' },
      { id: 'a.txt:3', text: 'two' },
    ]);
  });

  it('takes the named part of a folder', async () => {
    const folder = await scratch({ 'train.jsonl': '{"text":"a"}\n', 'test.jsonl': '{"text":"b"}\n' });
    expect(await loadRecords({ path: folder, split: 'test' })).toMatchObject([{ text: 'b' }]);
  });

  it('reads lines of a megabyte, cut anywhere by the disk', async () => {
    const long = 'é'.repeat(600_000);
    for (const [name, content] of [
      ['a.jsonl', `${JSON.stringify({ text: long })}\n{"text":"b"}\n`],
      ['a.csv', `text\n"${long}"\nb\n`],
      ['a.txt', `${long}\nb\n`],
    ] as const) {
      expect((await load(name, content)).map(({ text }) => text.length)).toEqual([600_000, 1]);
    }
  });

  it('streams: the first records come before a fault further down is met', async () => {
    const path = join(await scratch({ 'a.jsonl': `${'{"text":"a"}\n'.repeat(20_000)}nonsense` }), 'a.jsonl');
    const records = readRecords({ path });
    expect((await records.next()).value).toMatchObject({ text: 'a' });
    await expect(countRecords({ path })).rejects.toThrow('a.jsonl line 20001 is not JSON');
    expect(await countRecords({ path, limit: 20_000 })).toBe(20_000);
  });
});

describe('refusals, each one sentence', () => {
  const cases: [string, string, string | Uint8Array, Omit<RecordSource, 'path'>, RegExp][] = [
    [
      'a wrong column, with those there are',
      'a.jsonl',
      '{"review":"x","stars":1}\n',
      {},
      /^a.jsonl has no column text; it has review, stars\.$/,
    ],
    ['a wrong named column', 'a.csv', 'text,a\nx,y\n', { columns: { label: 'b' } }, /no column b; it has text, a/],
    [
      'a text missing further down',
      'a.jsonl',
      '{"text":"x"}\n{"label":"y"}\n',
      {},
      /line 2 has no column text; it has label/,
    ],
    ['an empty file', 'a.jsonl', '', {}, /a\.jsonl has no records: it is empty/],
    ['a csv with a header only', 'a.csv', 'text,label\n', {}, /only a header line/],
    ['an empty text', 'a.csv', 'text,b\nx,1\n"  ",2\n', {}, /a\.csv line 3: the text is empty/],
    ['a null text', 'a.jsonl', '{"text":null}\n', {}, /line 1: the text is empty/],
    [
      'what is not UTF-8',
      'a.jsonl',
      Uint8Array.from([...Buffer.from('{"text":"'), 0xe9, 34, 125]),
      {},
      /byte 0xe9 at offset 9/,
    ],
    ['bad JSON', 'a.jsonl', '{"text":"x"}\n{"text":}\n', {}, /a\.jsonl line 2 is not JSON/],
    ['JSON that is no object', 'a.jsonl', '["x"]\n', {}, /line 1 is not a JSON object/],
    ['a list as text', 'a.jsonl', '{"text":["x"]}\n', {}, /text is a list where text is needed/],
    ['a ragged csv', 'a.csv', 'text,label\na,b\nc\n', {}, /line 3 has 1 fields where 2 are needed \(text, label\)/],
    ['a quote that is not closed', 'a.csv', 'text,label\n"a,b\nc,d\n', {}, /quoted field .* is never closed/],
    ['a stray quote', 'a.csv', 'text,label\n"a"b,c\n', {}, /line 2: a quote stands where none may be/],
    ['a column named twice', 'a.csv', 'text,text\na,b\n', {}, /names the column text twice/],
    ['the same id twice', 'a.jsonl', '{"id":1,"text":"a"}\n{"id":"1","text":"b"}\n', {}, /line 2 has the id 1/],
    ['an unknown class', 'a.csv', '"9","a","b"\n', { format: 'agnews' }, /the class is "9" where one of 1 \(World\)/],
    ['a format that cannot be inferred', 'a.dat', 'x', {}, /format/],
    ['what is no Parquet', 'a.parquet', 'not parquet at all', {}, /cannot be read as Parquet/],
    ['a file where a folder is needed', 'a.txt', 'x', { format: 'imdb' }, /needs a folder/],
  ];
  it.each(cases)('%s', async (_, name, content, source, message) => {
    const failure = await load(name, content, source).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'UserError', problem: expect.stringMatching(message) });
    expect((failure as Error).message).not.toContain('\n');
  });

  it('no such file', async () => {
    await expect(loadRecords({ path: '/nowhere/a.jsonl' })).rejects.toThrow(
      '/nowhere/a.jsonl: there is no such file or folder.',
    );
  });

  it('a folder with nothing to read says what it has', async () => {
    const folder = await scratch({ 'notes.md': 'x' });
    await expect(loadRecords({ path: folder })).rejects.toThrow(/neither a part named train nor texts .*notes\.md/);
  });

  it('a Parquet file cut off in the middle', async () => {
    const whole = parquet({ text: ['a', 'b'] });
    await expect(load('a.parquet', whole.slice(0, 20))).rejects.toThrow(/cannot be read as Parquet/);
    await expect(load('a.parquet', gzipSync(whole))).rejects.toThrow(/cannot be read as Parquet/);
  });
});

describeWithShared('the data sets of the paper', () => {
  it.each([
    ['ag_news', 'train', 4000, ['Business', 'Sci/Tech', 'Sports', 'World']],
    ['ag_news', 'test', 1200, ['Business', 'Sci/Tech', 'Sports', 'World']],
    ['yelp', 'train', 550, ['negative', 'positive']],
    ['sst2', 'train', 6920, ['negative', 'positive']],
    ['sst2', 'test', 1821, ['negative', 'positive']],
    ['imdb', 'train', undefined, ['negative', 'positive']],
  ] as const)(
    '%s %s',
    async (name, split, count, labels) => {
      const records = await loadRecords({ path: sharedPath(`data/${name}`), split });
      if (count !== undefined) expect(records).toHaveLength(count);
      expect([...new Set(records.map(({ label }) => label))].sort()).toEqual(labels);
      expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
    },
    60_000,
  );
});
