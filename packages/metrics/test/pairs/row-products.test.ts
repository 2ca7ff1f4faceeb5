import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Matrix, multiplyByTranspose, takeRows, toFloat32 } from '@mixture-of-personas/numeric';
import fc from 'fast-check';

import { cosineHistogram } from '../../src/histograms/cosine-kl.js';
import { evaluateSets } from '../../src/evaluate/evaluate-sets.js';
import { tensorFlowProducts, type RowProducts } from '../../src/pairs/row-products.js';
import { gaussianRows } from '../sets.js';

/** Products of this package's own, changed by `spoil`; `open` counts the sets that have not been given back. */
function ownProducts(spoil: (product: number) => number = (product) => product) {
  const state = { open: 0, blocks: 0 };
  const products: RowProducts = (set) => {
    state.open++;
    return {
      block: (from, to) => {
        state.blocks++;
        const rows = (start: number, end: number): Matrix =>
          takeRows(
            set,
            Int32Array.from({ length: end - start }, (_, i) => start + i),
          );
        return toFloat32(multiplyByTranspose(rows(from, to), rows(from, set.rows))).data.map(spoil);
      },
      close: () => state.open--,
    };
  };
  return { products, state };
}

const sizes = fc.record({ n: fc.integer({ min: 2, max: 600 }), d: fc.integer({ min: 1, max: 40 }), seed: fc.nat(999) });

describe('cosines by products from elsewhere', () => {
  it('are counted as float64 counts them, at any size and in either precision', () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), fc.constantFrom(1, 31, 100), ({ n, d, seed }, single, bins) => {
        const given = gaussianRows(n, d, seed);
        const set = single ? toFloat32(given) : given;
        const { products, state } = ownProducts();
        const counts = cosineHistogram(set, { products, precision: 'float32', bins });
        expect(counts).toEqual(cosineHistogram(set, { precision: 'float64', bins }));
        expect(state).toEqual({ open: 0, blocks: Math.ceil(n / 256) });
      }),
      { numRuns: 40 },
    );
  });

  it('are recounted without them where they are not good to float32', () => {
    const set = toFloat32(gaussianRows(700, 20, 5));
    const expected = cosineHistogram(set, { precision: 'float64' });
    const tenBits = (product: number): number => Math.round(product * 1024) / 1024;
    for (const spoil of [tenBits, () => NaN, () => 0]) {
      const { products, state } = ownProducts(spoil);
      expect(cosineHistogram(set, { products, precision: 'float32' })).toEqual(expected);
      expect(state).toEqual({ open: 0, blocks: 1 });
    }
  });

  it('serve evaluateSets', async () => {
    const [x, y] = [toFloat32(gaussianRows(2100, 8, 1)), toFloat32(gaussianRows(2100, 8, 2))];
    const sets = { synthetic: { embeddings: x }, golden: { embeddings: y } };
    const options = { metrics: ['cosine-kl'], bootstrap: 0, floorSplits: 0 } as const;
    const { products, state } = ownProducts();
    const [by, own] = [await evaluateSets(sets, { ...options, products }), await evaluateSets(sets, options)];
    expect(by['cosine-kl']?.value).toBe(own['cosine-kl']?.value);
    expect(state.blocks).toBe(18);
  });
});

// A folder whose node_modules has a working @tensorflow/tfjs-node-gpu (../shared/workspace/tfjs-native.sh makes one).
const home = process.env['MOP_TFJS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mop-tfjs');
const addon = join(home, 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node');

describe('tensorFlowProducts', () => {
  it('says that the package is missing', async () => {
    const importer = (name: string): Promise<unknown> =>
      name === 'node:util' ? import(name) : Promise.reject(new Error('not installed'));
    await expect(tensorFlowProducts('@tensorflow/tfjs-node', importer)).rejects.toThrow('not installed');
  });

  if (process.env['MOP_TFJS'] === undefined && !existsSync(addon)) {
    it(`skipped: no built tfjs-node-gpu in ${home} and MOP_TFJS is not set`, () =>
      expect(existsSync(addon)).toBe(false));
  } else {
    it('gives the counts of float64 on the real addon', async () => {
      const require = createRequire(join(home, 'package.json'));
      const products = await tensorFlowProducts('@tensorflow/tfjs-node-gpu', (name) =>
        Promise.resolve().then(() => (name === 'node:util' ? import(name) : (require(name) as unknown))),
      );
      const set = toFloat32(gaussianRows(900, 64, 3));
      expect(cosineHistogram(set, { products, precision: 'float32' })).toEqual(
        cosineHistogram(set, { precision: 'float64' }),
      );
    });
  }
});
