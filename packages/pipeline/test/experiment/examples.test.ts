import { expect, it } from '@jest/globals';
import type { Encoder } from '@mixture-of-personas/encoder';
import { readFileSync } from 'node:fs';
// eslint-disable-next-line @nx/enforce-module-boundaries -- examples/ is no package: it shows what a user's own file looks like.
import { gateAgainstUniform } from '../../../../examples/gate-against-uniform.js';
import { fakeEncoder, fakeOpeners } from '../support/fake-engines.js';

it('a custom experiment of 40 lines runs without the command line, and its gate beats uniform pairs', async () => {
  const model = await fakeOpeners().openLanguageModel('fake');
  const encoder: Encoder = fakeEncoder();
  const records = (from: number, to: number): { id: string; text: string }[] =>
    Array.from({ length: to - from }, (_, i) => {
      const topic = (from + i) % 2 === 0 ? 'harbour trawler tide anchor' : 'oven dough butter pepper';
      return {
        id: `r${from + i}`,
        text: `${topic} number ${'abcdefgh'[(from + i) % 8]}${'abcdefghijklm'[(from + i) >> 3]}`,
      };
    });
  const distances = await gateAgainstUniform(
    { encoder, model },
    { records: records(0, 40), golden: records(40, 100) },
    { count: 80, seed: 3 },
  );
  expect(distances.gate).toBeGreaterThan(0);
  expect(distances.gate).toBeLessThan(distances.uniform);
  const source = readFileSync(new URL('../../../../examples/gate-against-uniform.ts', import.meta.url), 'utf8');
  expect(source.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(45);
});
