import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rowOf, type Matrix } from '@mixture-of-personas/numeric';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEncoder, type Encoder } from '../../src/index.js';
import { cosine } from '../figures.js';
import { miniLm, missing, shared } from '../real-models.js';

interface Golden {
  readonly cases: readonly { readonly text: string; readonly embedding: readonly number[] }[];
}

const lowestCosine = (a: Matrix, b: Matrix): number =>
  Math.min(...Array.from({ length: a.rows }, (_, i) => cosine(rowOf(a, i), rowOf(b, i))));

if (missing !== undefined) describe.skip(`the onnx engine (${missing})`, () => it('needs a model', () => undefined));
else
  describe('the onnx engine with all-MiniLM-L6-v2', () => {
    const { cases } = JSON.parse(readFileSync(join(shared, 'golden/models/minilm-embeddings.json'), 'utf8')) as Golden;
    const texts = cases.map(({ text }) => text);
    let encoder: Encoder;
    beforeAll(async () => {
      encoder = await openEncoder(`onnx:${miniLm}`, { threads: 1 });
    });
    afterAll(() => encoder.close());

    it('agrees with the reference, the empty text and one of accents alone included (cosine > 0.999)', async () => {
      const matrix = await encoder.embed(texts);
      expect(matrix).toMatchObject({ rows: cases.length, cols: 384 });
      cases.forEach(({ embedding }, i) => expect(cosine(rowOf(matrix, i), embedding)).toBeGreaterThan(0.999));
    });
    it('has a finite row for texts of other scripts, emoji and lone surrogates', async () => {
      const odd = ['東京は晴れ', 'Привет, мир', 'مرحبا', '🙂🙃', '\ud83d', '\u0000\u0007', ' \n\t '];
      const matrix = await encoder.embed(odd);
      expect(matrix.data.every(Number.isFinite)).toBe(true);
      expect(cosine(rowOf(matrix, 0), rowOf(matrix, 1))).toBeLessThan(0.95);
    });
    it('gives every text the same row alone and in padded batches of 4', async () => {
      const batched = await openEncoder(`onnx:${miniLm}`, { threads: 1, batchSize: 4 });
      const [alone, together] = [await encoder.embed(texts), await batched.embed(texts)];
      await batched.close();
      expect(lowestCosine(alone, together)).toBeGreaterThan(0.9999);
    });
    it('gives the same bytes in any order of texts', async () => {
      const forwards = await encoder.embed(texts);
      const backwards = await encoder.embed([...texts].reverse());
      texts.forEach((_, i) => expect(rowOf(backwards, texts.length - 1 - i)).toEqual(rowOf(forwards, i)));
    });
    it('cuts a text at 256 tokens, and counts it', async () => {
      const before = encoder.truncated;
      const words = (n: number, last: string) => `${'word '.repeat(n)}${last}`;
      const matrix = await encoder.embed([words(254, ''), words(254, 'elephant'), words(253, 'elephant')]);
      expect(encoder.truncated - before).toBe(1);
      expect(rowOf(matrix, 1)).toEqual(rowOf(matrix, 0));
      expect(rowOf(matrix, 2)).not.toEqual(rowOf(matrix, 0));
    });
    it('reports progress and stops when aborted', async () => {
      const progress: number[] = [];
      await encoder.embed(texts.slice(0, 3), { onProgress: (done) => progress.push(done) });
      expect(progress).toEqual([1, 2, 3]);
      await expect(encoder.embed(texts, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
    });
    it('embeds nothing for no texts', async () => {
      expect((await encoder.embed([])).rows).toBe(0);
    });
  });
