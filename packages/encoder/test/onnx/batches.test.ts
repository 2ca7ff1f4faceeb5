import { describe, expect, it } from '@jest/globals';
import { batchesByLength, cut } from '../../src/onnx/batches.js';
import { pool } from '../../src/onnx/pooling.js';

describe('batchesByLength', () => {
  it('puts every text in one batch, longest first, equal lengths in their order', () => {
    expect(batchesByLength([3, 9, 3, 5, 9], 2)).toEqual([[1, 4], [3, 0], [2]]);
  });
  it('has no batch for no texts', () => {
    expect(batchesByLength([], 4)).toEqual([]);
  });
});

describe('cut', () => {
  it('leaves a text that fits alone', () => {
    expect(cut([101, 7, 102], 3, 1)).toEqual([101, 7, 102]);
  });
  it('keeps the closing special tokens of a text that does not', () => {
    expect(cut([101, 7, 8, 9, 102], 4, 1)).toEqual([101, 7, 8, 102]);
    expect(cut([7, 8, 9], 2, 0)).toEqual([7, 8]);
  });
});

describe('pool', () => {
  // two texts of up to three tokens, width two; the second has one real token and padding of 99
  const vectors = { data: Float32Array.of(1, 2, 3, -4, 5, 8, 6, 7, 99, 99, 99, 99), tokens: 3, cols: 2 };
  it.each([
    ['mean', [3, 2], [6, 7]],
    ['cls', [1, 2], [6, 7]],
    ['max', [5, 8], [6, 7]],
  ] as const)('gives the %s of the real tokens', (pooling, first, second) => {
    expect([...pool(vectors, { b: 0, from: 0, to: 3 }, pooling)]).toEqual(first);
    expect([...pool(vectors, { b: 1, from: 0, to: 1 }, pooling)]).toEqual(second);
  });
  it('gives zeros for a text without tokens', () => {
    for (const pooling of ['mean', 'cls', 'max'] as const)
      expect([...pool(vectors, { b: 0, from: 0, to: 0 }, pooling)]).toEqual([0, 0]);
  });
  it('does not hide a NaN', () => {
    const broken = { data: Float32Array.of(1, NaN, 3), tokens: 3, cols: 1 };
    for (const pooling of ['mean', 'max'] as const)
      expect([...pool(broken, { b: 0, from: 0, to: 3 }, pooling)]).toEqual([NaN]);
  });
});
