import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';
// @ts-expect-error: a build script without types
import { KERNELS, kernelModule } from '../../kernels/build.mjs';
import type { EmbeddedModel } from '../../src/embedded/files.js';
import { openEncoder } from '../../src/index.js';
import { textVectors } from '../../src/embedded/text-vectors.js';

/** A model of `rows` × 16 with random numbers; its layers leave the plain mean's direction as it is until a test changes them. */
function randomModel(rows: number): EmbeddedModel {
  const random = randomFor(3, 'model', 0);
  const [cols, rank, hidden] = [16, 4, 8];
  return {
    values: Int8Array.from({ length: rows * cols }, () => 255 * random() - 127),
    scales: Float32Array.from({ length: rows }, () => 0.01 * random()),
    cols,
    layers: {
      rank,
      hidden,
      query: new Float32Array(rank * cols),
      key: new Float32Array(cols * rank),
      inner: new Float32Array(hidden * cols),
      bias: new Float32Array(hidden),
      lengths: new Float32Array(2 * hidden),
      outer: new Float32Array(cols * hidden),
    },
    vocabulary: [],
    fingerprint: '',
  };
}

/** The vector of a text by the formula, in float64. */
function byFormula({ values, scales, cols, layers }: EmbeddedModel, ids: Int32Array): number[] {
  const rows = Array.from(ids, (id) => Array.from(values.subarray(id * cols, (id + 1) * cols), (v) => v * scales[id]));
  const dot = (a: ArrayLike<number>, b: readonly number[]): number => b.reduce((sum, v, j) => sum + v * a[j], 0);
  const times = (matrix: Float32Array, x: readonly number[]): number[] =>
    Array.from({ length: matrix.length / x.length }, (_, i) =>
      dot(matrix.subarray(i * x.length, (i + 1) * x.length), x),
    );
  const unit = (x: readonly number[]): number[] => x.map((v) => v / Math.hypot(...x));
  const mean = (weights: readonly number[]): number[] =>
    Array.from({ length: cols }, (_, j) => rows.reduce((sum, row, t) => sum + weights[t] * row[j], 0) / ids.length);
  const direction = times(layers.key, times(layers.query, unit(mean(rows.map(() => 1)))));
  const z = mean(rows.map((row) => Math.exp(Math.max(-4, Math.min(4, dot(row, direction))))));
  const known = [Math.log(ids.length) - 3, Math.log(Math.hypot(...z))];
  const hidden = times(layers.inner, unit(z)).map((value, i) => {
    const h = value + layers.bias[i] + dot(layers.lengths.subarray(2 * i, 2 * i + 2), known);
    return h / (1 + Math.exp(-h));
  });
  const correction = times(layers.outer, hidden);
  return unit(unit(z).map((value, j) => value + correction[j]));
}

describe('the vector of a text', () => {
  const random = randomFor(4, 'layers', 0);
  const { layers } = randomModel(1);
  const filled = (part: Float32Array): Float32Array => part.map(() => 2 * random() - 1);
  const model: EmbeddedModel = {
    ...randomModel(30),
    layers: {
      ...layers,
      query: filled(layers.query),
      key: filled(layers.key),
      inner: filled(layers.inner),
      bias: filled(layers.bias),
      lengths: filled(layers.lengths),
      outer: filled(layers.outer),
    },
  };
  it.each([1, 2, 7, 64, 4096, 4097, 9000])('of %i tokens is that of the formula to 1e-5', (n) => {
    const ids = Int32Array.from({ length: n }, () => Math.floor(30 * random()));
    const vector = new Float32Array(16);
    textVectors(model)(ids, vector);
    byFormula(model, ids).forEach((value, j) => expect(Math.abs(vector[j] - value)).toBeLessThan(1e-5));
  });
  it('stays finite where the rows sum to zero', () => {
    const opposite: EmbeddedModel = {
      ...randomModel(2),
      values: Int8Array.from({ length: 32 }, (_, i) => (i < 16 ? 5 : -5)),
      scales: Float32Array.of(0.1, 0.1),
    };
    const vector = new Float32Array(16);
    textVectors(opposite)(Int32Array.of(0, 1), vector);
    expect(vector.every(Number.isFinite)).toBe(true);
  });
  it("is what the recipe's own model gives, for texts in many scripts", async () => {
    const encoder = await openEncoder('embedded');
    const lines = readFileSync(new URL('embedded-vectors.jsonl', import.meta.url), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    const cases = lines.map((line) => JSON.parse(line) as { text: string; vector: number[] });
    const { data, cols } = await encoder.embed(cases.map(({ text }) => text));
    cases.forEach(({ vector }, i) => {
      expect(vector).toHaveLength(cols);
      vector.forEach((value, j) => expect(Math.abs(data[i * cols + j] - value)).toBeLessThan(2e-5));
    });
    await encoder.close();
  });
});

describe('the committed kernels', () => {
  it.each(KERNELS as string[])(
    'are what their source compiles to: %s',
    async (name) => {
      const committed = readFileSync(new URL(`../../src/${name}-bytes.ts`, import.meta.url), 'utf8');
      expect(committed).toBe(await (kernelModule as (name: string) => Promise<string>)(name));
    },
    300_000,
  );
});
