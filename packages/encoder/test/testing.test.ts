import { describe, expect, it } from '@jest/globals';
import { rowOf, type Matrix } from '@mixture-of-personas/numeric';
import { fakeEncoder } from '../src/testing.js';

const dot = (m: Matrix, a: number, b: number): number =>
  Array.from(rowOf(m, a), (value, j) => value * rowOf(m, b)[j]).reduce((sum, product) => sum + product, 0);
const cosine = (m: Matrix, a: number, b: number): number => dot(m, a, b) / Math.sqrt(dot(m, a, a) * dot(m, b, b));

describe('fakeEncoder', () => {
  it('gives the same words the same row, and shared words a similar one', async () => {
    const m = await fakeEncoder({ cols: 64 }).embed([
      'The tides of the sea',
      'sea, the tides of THE',
      'the tides of the moon',
      'voter turnout',
    ]);
    expect(cosine(m, 0, 2)).toBeGreaterThan(0.7);
    expect(Math.abs(cosine(m, 0, 3))).toBeLessThan(0.4);
    expect([...(await fakeEncoder().embed(['b a'])).data]).toEqual([...(await fakeEncoder().embed(['A b'])).data]);
  });
  it('has a direction for every text, the empty one and one without letters too', async () => {
    const m = await fakeEncoder().embed(['', '🙂', '  ']);
    for (const i of [0, 1, 2]) expect(dot(m, i, i)).toBeGreaterThan(0.1);
  });
  it('remembers what it was asked', async () => {
    const encoder = fakeEncoder();
    await encoder.embed(['a']);
    await encoder.embed(['b', 'c']);
    expect(encoder.asked).toEqual(['a', 'b', 'c']);
  });
});
