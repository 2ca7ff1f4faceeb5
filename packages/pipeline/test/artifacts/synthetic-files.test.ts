import { describe, expect, it } from '@jest/globals';
import { parquetReadObjects } from 'hyparquet';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { escapeCell, escapeHtml } from '../../src/tables/escape.js';
import { orderedRow, syntheticParquet } from '../../src/artifacts/synthetic-files.js';

const finished: SyntheticRow = {
  id: 's000000',
  text: 'Märkte steigen 📈, "again"\nand again',
  label: null,
  context: 'a title',
  personaId: 'p3',
  exemplarId: 'train:17',
  personaProbability: 0.25,
  exemplarProbability: 1 / 3,
  temperature: 0.91,
  seed: 7,
  model: 'onnx:model',
  promptHash: 'ab',
};
const row: SyntheticRow = { ...finished, flag: 'length' };

describe('syntheticParquet', () => {
  it('holds every column of every row as it was', async () => {
    const other: SyntheticRow = { ...finished, id: 's000001', label: 'Sports', context: null };
    const file = syntheticParquet([row, other]).slice().buffer;
    const back = await parquetReadObjects({ file });
    expect(back.map((found) => ({ ...found, seed: Number(found.seed) }))).toEqual([row, { ...other, flag: null }]);
  });
});

describe('orderedRow', () => {
  it('puts the keys in one order', () => {
    const reversed = Object.fromEntries(Object.entries(row).reverse()) as unknown as SyntheticRow;
    expect(JSON.stringify(orderedRow(reversed))).toBe(JSON.stringify(row));
  });
});

describe('escaping', () => {
  it('shows markup in a text instead of obeying it', () => {
    expect(escapeHtml(`<script a="b">'&`)).toBe('&lt;script a=&quot;b&quot;&gt;&#39;&amp;');
    expect(escapeCell('a|b\n**c** <i>')).toBe('a\\|b \\*\\*c\\*\\* &lt;i&gt;');
  });
});
