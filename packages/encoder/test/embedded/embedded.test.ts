import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rowOf } from '@mixture-of-personas/numeric';
import { readEmbeddedModel } from '../../src/embedded/files.js';
import { openEncoder, type Encoder } from '../../src/index.js';
import { cosine } from '../figures.js';
import { folderWith } from '../temporary-folder.js';

describe('the embedded engine', () => {
  let encoder: Encoder;
  beforeAll(async () => {
    encoder = await openEncoder('embedded');
  });
  afterAll(() => encoder.close());
  const norm = (row: Float32Array): number => Math.hypot(...row);

  it('finds the nearer meaning without a shared word', async () => {
    const matrix = await encoder.embed([
      'The striker scored twice in the final.',
      'Our team won the football match.',
      'Shares fell as the bank raised interest rates.',
      'Investors sold their stocks.',
    ]);
    const between = (i: number, j: number): number => cosine(rowOf(matrix, i), rowOf(matrix, j));
    expect(between(0, 1)).toBeGreaterThan(between(0, 2) + 0.2);
    expect(between(2, 3)).toBeGreaterThan(between(1, 3) + 0.2);
  });
  it('gives a text the same row alone, among 600 others and in any case and order of words', async () => {
    const text = 'Grain exports recovered after a dry spring';
    const many = Array.from({ length: 600 }, (_, i) => `record ${i}`);
    const [alone, among, shuffled] = [
      await encoder.embed([text]),
      await encoder.embed([...many, text]),
      await encoder.embed(['SPRING dry a after recovered exports grain']),
    ];
    expect(rowOf(among, 600)).toEqual(alone.data);
    expect(cosine(shuffled.data, alone.data)).toBeCloseTo(1, 6);
  });
  it.each([
    ['the empty text', ''],
    ['white space', ' \n\t\u00a0'],
    ['control characters and half a surrogate pair', '\u0000\u0007\ud83d'],
    ['another script', '東京 Привет 🙂'],
    ['a word of 101 letters', 'x'.repeat(101)],
  ])('gives %s, without a known piece, the same finite row that has a direction', async (_, text) => {
    const { data } = await encoder.embed([text]);
    const nothing = await encoder.embed(['']);
    expect(data.every(Number.isFinite)).toBe(true);
    expect(norm(data)).toBeGreaterThan(0.01);
    expect(data).toEqual(nothing.data);
  });
  it('is open by its name, never cuts a text, and has the fingerprint of its files', async () => {
    const { data } = await encoder.embed(['word '.repeat(20_000)]);
    expect(data.every(Number.isFinite)).toBe(true);
    expect(encoder).toMatchObject({ id: 'embedded', truncated: 0 });
    expect(encoder.fingerprint).toBe((await readEmbeddedModel()).fingerprint);
  });
  it('reports progress and stops when aborted, between two lots of 256 texts', async () => {
    const texts = Array.from({ length: 600 }, (_, i) => `record ${i}`);
    const abort = new AbortController();
    const progress: number[] = [];
    const onProgress = (done: number): void => {
      progress.push(done);
      if (done === 512) abort.abort(new Error('stop'));
    };
    await expect(encoder.embed(texts, { signal: abort.signal, onProgress })).rejects.toThrow('stop');
    expect(progress).toEqual([256, 512]);
  });
  it('embeds nothing for no texts', async () => {
    expect(await encoder.embed([])).toMatchObject({ rows: 0, cols: 256 });
  });
});

describe('readEmbeddedModel', () => {
  const bytesOf = (...parts: readonly ArrayBufferView[]): Buffer =>
    Buffer.concat(parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
  const table = (rows: number, cols: number, scale = 0.5): Buffer =>
    bytesOf(
      Uint32Array.of(rows, cols),
      new Float32Array(rows).fill(scale),
      Int8Array.from({ length: rows * cols }, (_, i) => i),
    );
  /** Layers of rank 4 and 4 hidden units whose numbers count up. */
  const layers = (cols: number, first = 0): Buffer =>
    bytesOf(
      Uint32Array.of(cols, 4, 4),
      Float32Array.from({ length: 16 * cols + 12 }, (_, i) => first + i),
    );
  const valid = { 'table.bin': table(2, 16), 'layers.bin': layers(16), 'vocabulary.txt': '[UNK]\na\n' };

  it('reads rows, scales, layers and pieces', async () => {
    const { values, scales, cols, layers, vocabulary } = await readEmbeddedModel(folderWith(valid));
    expect([values.length, values[31], [...scales], cols, vocabulary]).toEqual([
      32,
      31,
      [0.5, 0.5],
      16,
      ['[UNK]', 'a'],
    ]);
    expect([layers.rank, layers.hidden, layers.query[0], layers.outer[63]]).toEqual([4, 4, 0, 16 * 16 + 11]);
    expect([...layers.bias, ...layers.lengths]).toEqual(Array.from({ length: 12 }, (_, i) => 192 + i));
  });
  it.each([
    ['no bytes', { 'table.bin': '' }],
    ['a table cut short', { 'table.bin': table(2, 16).subarray(0, -1) }],
    ['a width that is no multiple of 16', { 'table.bin': table(2, 8), 'layers.bin': layers(8) }],
    ['a scale that is no number', { 'table.bin': table(2, 16, Number.NaN) }],
    ['one piece too few', { 'vocabulary.txt': '[UNK]\n' }],
    ['layers of another width', { 'layers.bin': layers(32) }],
    ['layers cut short', { 'layers.bin': layers(16).subarray(0, -4) }],
    ['an infinite weight', { 'layers.bin': layers(16, Infinity) }],
    ['no layers', { 'layers.bin': '' }],
  ])('refuses %s', async (_, damaged) => {
    const folder = folderWith({ ...valid, ...damaged });
    await expect(readEmbeddedModel(folder)).rejects.toThrow(
      /is damaged: .* Install @mixture-of-personas\/encoder again/,
    );
  });
  it.each(Object.keys(valid))('names the file that is not there: %s', async (missing) => {
    const folder = folderWith(Object.fromEntries(Object.entries(valid).filter(([name]) => name !== missing)));
    await expect(readEmbeddedModel(folder)).rejects.toThrow(`${missing} could not be read`);
  });
});
