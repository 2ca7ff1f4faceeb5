import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readMatrixFile } from '../../src/data/arrays/matrix-file.js';
import { loadRecords, type RecordSource } from '../../src/data/records.js';
import { scratch } from '../support/scratch.js';
import { NUMPY_FILES, NUMPY_VALUES, numpyFile } from '../support/numpy-files.js';

/** The table that docs/limits.md and docs/compatibility.md print; `MOP_REFRESH=1` writes it again. */
const TABLE = fileURLToPath(new URL('../../../../docs/compatibility/files.json', import.meta.url));
const PARQUET = fileURLToPath(new URL('parquet/parquet-files/', import.meta.url));

interface Row {
  readonly kind: string;
  readonly case: string;
  /** `works`, or `refused: ` and the sentence. */
  readonly result: string;
  /** Program that reads or writes the file in the same way, or the rule. */
  readonly reference: string;
}

interface Case {
  readonly kind: string;
  readonly case: string;
  readonly reference: string;
  /** Name and content of one file, or a folder's files. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly source?: Omit<RecordSource, 'path'>;
  /** Path under the folder. @defaultValue the only file */
  readonly path?: string;
  /** Texts and labels that a right reading gives; a refusal where there are none. */
  readonly right?: readonly (readonly [text: string, label?: string])[];
}

const utf16 = (text: string, bigEndian: boolean): Uint8Array => {
  const bytes = Buffer.from(text, 'utf16le');
  return new Uint8Array(bigEndian ? bytes.swap16() : bytes);
};
const table = (delimiter: string, end = '\n'): string =>
  [`text${delimiter}label`, `"one, two"${delimiter}yes`, `three${delimiter}no`, ''].join(end);
const parquet = (name: string): Uint8Array => readFileSync(`${PARQUET}${name}.parquet`);
const RIGHT = [
  ['one, two', 'yes'],
  ['three', 'no'],
] as const;
const PLAIN = 'text\tlabel\none, two\tyes\nthree\tno\n';
const PYTHON = 'Python 3.12 csv';
const HUB = 'Hugging Face datasets 4';

const csv = (name: string, content: string | Uint8Array, right: Case['right'] = RIGHT): Case => ({
  kind: 'csv',
  case: name,
  reference: PYTHON,
  files: { 'a.csv': content },
  right,
});
const refusedCsv = (name: string, content: string | Uint8Array): Case => ({
  kind: 'csv',
  case: name,
  reference: PYTHON,
  files: { 'a.csv': content },
});
const jsonl = (name: string, content: string, right?: Case['right']): Case => ({
  kind: 'jsonl',
  case: name,
  reference: 'Python 3.12 json',
  files: { 'a.jsonl': content },
  ...(right === undefined ? {} : { right }),
});
const hub = (name: string, files: Case['files'], right?: Case['right'], more: Partial<Case> = {}): Case => ({
  kind: 'folder',
  case: name,
  reference: HUB,
  files,
  path: '.',
  ...(right === undefined ? {} : { right }),
  ...more,
});
const shard = (text: string): string => `{"text":"${text}","label":1}\n`;

const CASES: readonly Case[] = [
  csv('LF', table(',')),
  csv('CRLF', table(',', '\r\n')),
  csv('CR', table(',', '\r')),
  csv('LF, CRLF and CR in one file', 'text,label\r\n"one, two",yes\nthree,no\r'),
  csv('semicolons', table(';')),
  csv('tabs', table('\t')),
  csv('vertical bars', table('|')),
  csv('sep=; before the header', `sep=;\r\n${table(';', '\r\n')}`),
  csv('UTF-8 with byte order mark', `\uFEFF${table(',')}`),
  csv('UTF-16 LE with byte order mark', utf16(`\uFEFF${table(',')}`, false)),
  csv('UTF-16 BE with byte order mark', utf16(`\uFEFF${table(',')}`, true)),
  csv('UTF-16 LE without byte order mark', utf16(table(','), false)),
  csv('UTF-16 BE without byte order mark', utf16(table(','), true)),
  csv('gzip under the name .csv', gzipSync(table(','))),
  { ...csv('gzip', ''), files: { 'a.csv.gz': gzipSync(table(',')) } },
  csv('empty rows and columns of a spreadsheet', 'text,label,,\n"one, two",yes,,\nthree,no,,\n,,,\n'),
  csv('numbers, True and nan are text', 'text,label\na,1.0\nb,True\nc,nan\nd,\n', [
    ['a', '1.0'],
    ['b', 'True'],
    ['c', 'nan'],
    ['d'],
  ]),
  refusedCsv('Windows-1252', Uint8Array.from([...Buffer.from('text\nsch'), 0xf6, 0x6e, 10])),
  refusedCsv('UTF-32', Uint8Array.from([0xff, 0xfe, 0, 0, 116, 0, 0, 0])),
  refusedCsv('UTF-16 cut off', utf16(`\uFEFF${table(',')}`, false).subarray(0, 31)),
  refusedCsv('gzip cut off', gzipSync(table(',')).subarray(0, 40)),
  refusedCsv('gzip in gzip', gzipSync(gzipSync(table(',')))),
  refusedCsv('Excel workbook', Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0])),
  refusedCsv('Zstandard', Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0])),
  refusedCsv('a space before the quote', 'text,label\na, "b"\n'),
  refusedCsv('a column named twice', 'text,text\na,b\n'),
  refusedCsv('a field too many', 'text,label\na,b,c\n'),
  { kind: 'tsv', case: 'tabs, quotes without meaning', reference: PYTHON, files: { 'a.tsv': PLAIN }, right: RIGHT },
  { kind: 'tsv', case: 'commas', reference: PYTHON, files: { 'a.tsv': table(',') }, right: RIGHT },
  { kind: 'txt', case: 'CR', reference: 'Python 3.12', files: { 'a.txt': 'a\rb\r\nc' }, right: [['a'], ['b'], ['c']] },
  { kind: 'txt', case: 'a table', reference: 'Excel', files: { 'a.txt': utf16(`\uFEFF${PLAIN}`, false) } },
  jsonl('integers beyond 2^53', '{"text":"a","label":1436278513418522631}\n', [['a', '1436278513418522631']]),
  jsonl('long digits in a text', '{"text":"9007199254740993 \\"9007199254740993","label":"9007199254740993.0"}\n', [
    ['9007199254740993 "9007199254740993', '9007199254740993.0'],
  ]),
  jsonl(
    'null, true, empty, "nan"',
    '{"text":"a","label":null}\n{"text":"b","label":true}\n{"text":"c","label":""}\n{"text":"d","label":"nan"}\n',
    [['a'], ['b', 'true'], ['c'], ['d', 'nan']],
  ),
  jsonl('CR and CRLF', '{"text":"a"}\r{"text":"b"}\r\n', [['a'], ['b']]),
  jsonl('NaN', '{"text":"a","label":NaN}\n'),
  jsonl('the same id twice', '{"id":1,"text":"a"}\n{"id":1,"text":"b"}\n'),
  ...(['plain', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4_raw', 'pages-v2', 'delta', 'classes'] as const).map(
    (name): Case => ({
      kind: 'parquet',
      case: name,
      reference: 'pyarrow 26',
      files: { 'a.parquet': parquet(name) },
      right:
        name === 'classes'
          ? [['a', 'pos'], ['b', 'neg'], ['c']]
          : [
              ['a text, "quoted"', '0.30'],
              ['zwölf 例 😀', '-1.05'],
              ['a text, "quoted"', '12345678901234567.89'],
              ['two\nlines'],
              ['last', '0.00'],
            ],
      source: name === 'classes' ? {} : { columns: { label: 'cents' } },
    }),
  ),
  { kind: 'parquet', case: 'twice', reference: 'pyarrow 26', files: { 'a.parquet': parquet('twice') } },
  { kind: 'parquet', case: 'not-utf8', reference: 'pyarrow 26', files: { 'a.parquet': parquet('not-utf8') } },
  hub(
    'shards in data',
    {
      'data/train-00000-of-00002.jsonl': shard('a'),
      'data/train-00001-of-00002.jsonl': shard('b'),
      'README.md': '---\n---\n',
    },
    [
      ['a', '1'],
      ['b', '1'],
    ],
  ),
  hub(
    'files named by configs, classes by dataset_info in README.md',
    {
      'README.md':
        '---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: part/x-*.jsonl\n' +
        "dataset_info:\n  features:\n  - name: label\n    dtype:\n      class_label:\n        names:\n          '0': neg\n          '1': pos\n---\n",
      'part/x-1.jsonl': shard('a'),
    },
    [['a', 'pos']],
  ),
  hub(
    'classes by dataset_info.json',
    {
      'train.csv': 'text,label\na,1\nb,-1\n',
      'dataset_info.json': '{"features":{"label":{"names":["neg","pos"],"_type":"ClassLabel"}}}',
    },
    [['a', 'pos'], ['b']],
  ),
  hub('one configuration', { 'plain_text/train/0000.jsonl': shard('a'), 'plain_text/train/0001.jsonl': shard('b') }, [
    ['a', '1'],
    ['b', '1'],
  ]),
  hub(
    'a pattern',
    { 'data/train-1.jsonl': shard('a'), 'data/train-2.jsonl': shard('b'), 'data/test-1.jsonl': shard('c') },
    [
      ['a', '1'],
      ['b', '1'],
    ],
    { path: 'data/train-*.jsonl' },
  ),
  hub('the part validation', { 'validation-00000-of-00001.jsonl': shard('a') }, [['a', '1']], {
    source: { split: 'validation' },
  }),
  hub('a shard missing', { 'data/train-00001-of-00002.jsonl': shard('b') }),
  hub('several configurations', { 'de/train.jsonl': shard('a'), 'en/train.jsonl': shard('b') }),
  hub('save_to_disk', { 'train/data-00000-of-00001.arrow': 'ARROW1' }),
  hub('a class number without a name', {
    'train.jsonl': '{"text":"a","label":2}\n',
    'dataset_info.json': '{"features":{"label":{"names":["neg","pos"],"_type":"ClassLabel"}}}',
  }),
];

const npyHeader = (descr: string): Uint8Array => {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (1, 2), }`.padEnd(117).concat('\n');
  return new Uint8Array(Buffer.concat([Uint8Array.from([0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0]), Buffer.from(text)]));
};

/** Sentences are without the folder, another one in each run. */
async function resultOf({ files, path = Object.keys(files)[0] ?? '', source = {}, right }: Case): Promise<string> {
  const folder = await scratch(files);
  try {
    const records = await loadRecords({ path: join(folder, path), ...source });
    expect(records.map(({ text, label }) => (label === undefined ? [text] : [text, label]))).toEqual(right);
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
    return 'works';
  } catch (error) {
    return refusal(error, folder);
  }
}

function refusal(error: unknown, folder: string): string {
  if (!(error instanceof Error) || error.name !== 'UserError') throw error;
  const { message, suggestion = '' } = error as Error & { suggestion?: string };
  return `refused: ${message} ${suggestion}`.replaceAll(`${folder}/`, '').replaceAll(folder, 'FOLDER').trim();
}

const numpyRows = async (): Promise<Row[]> => {
  const rows: Row[] = [];
  const add = (name: string, result: string): void => {
    rows.push({ kind: 'npy, npz', case: name, result, reference: 'numpy 2.4' });
  };
  for (const name of Object.keys(NUMPY_FILES) as (keyof typeof NUMPY_FILES)[]) {
    const file = name.startsWith('npz') ? 'a.npz' : 'a.npy';
    const folder = await scratch({ [file]: numpyFile(name) });
    const source = join(folder, file) + (name === 'npzTwoArrays' ? '#embeddings' : '');
    expect(Array.from((await readMatrixFile(source)).data)).toEqual(NUMPY_VALUES);
    add(name, 'works');
  }
  for (const descr of ['<i8', '|u1', '|b1', '<c8', '<f16', '|V2', '|O', '<U4', '<M8[ns]']) {
    const folder = await scratch({ 'a.npy': npyHeader(descr) });
    const failure: unknown = await readMatrixFile(join(folder, 'a.npy')).catch((error: unknown) => error);
    add(descr, refusal(failure, folder));
  }
  return rows;
};

describe('files of many programs', () => {
  it.each(CASES.map((each) => [`${each.kind}: ${each.case}`, each] as const))('%s', async (_, each) => {
    const result = await resultOf(each);
    expect(result.startsWith(each.right === undefined ? 'refused: ' : 'works')).toBe(true);
  });

  it('are listed in docs/compatibility/files.json with what becomes of them', async () => {
    const rows: Row[] = [];
    for (const each of CASES) {
      rows.push({ kind: each.kind, case: each.case, result: await resultOf(each), reference: each.reference });
    }
    rows.push(...(await numpyRows()));
    if (process.env['MOP_REFRESH'] === '1') writeFileSync(TABLE, `${JSON.stringify(rows, null, 2)}\n`);
    expect(rows).toEqual(JSON.parse(readFileSync(TABLE, 'utf8')));
  });
});
