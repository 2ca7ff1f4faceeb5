import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readEmbeddedModel } from '../../src/embedded/files.js';
import { wordPieces } from '../../src/embedded/word-pieces.js';

interface Case {
  readonly text: string;
  readonly ids: readonly number[];
}

const golden = readFileSync(new URL('./embedded-pieces.jsonl', import.meta.url), 'utf8');
const cases = golden
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => JSON.parse(line) as Case); // the first line says who made it
const { vocabulary } = await readEmbeddedModel();
const small = wordPieces(['[UNK]', 'un', 'break', '##break', '##able', '.', 'able']);

describe('wordPieces', () => {
  it(`gives the ids of the tokenizers package for ${cases.length} texts of many scripts`, () => {
    const { encode } = wordPieces(vocabulary);
    for (const { text, ids } of cases) expect({ text, ids: [...encode(text)] }).toEqual({ text, ids });
  });
  it('gives the same ids the second time, from memory', () => {
    const { encode } = wordPieces(vocabulary);
    for (const { text, ids } of [...cases, ...cases]) expect([...encode(text)]).toEqual(ids);
  });
  it('drops lone surrogates, as it does control characters', () => {
    expect([...small.encode('un\ud83dbreak\u0007able')]).toEqual([1, 3, 4]);
  });
  it('takes the longest piece first, and leaves out a word that has no spelling', () => {
    expect([...small.encode('Unbreakable able. breakun')]).toEqual([1, 3, 4, 6, 5]);
  });
  it('holds texts of any length', () => {
    expect(small.encode('able '.repeat(5000))).toHaveLength(5000);
  });
  it('forgets words when it knows too many, and still gives the same ids', () => {
    const { encode } = wordPieces(['[UNK]', 'a', ...Array.from('0123456789', (digit) => `##${digit}`)]);
    const text = Array.from({ length: 70_000 }, (_, i) => `a${i}`).join(' ');
    expect([...encode(`${text} a10`)].slice(-3)).toEqual([1, 3, 2]);
  });
});
