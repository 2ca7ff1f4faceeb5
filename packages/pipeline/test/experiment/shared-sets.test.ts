import { expect, it } from '@jest/globals';
import type { MopConfig } from '../../src/config/schema.js';
import { configSchema } from '../../src/config/schema.js';
import { sharedSets } from '../../src/experiment/shared-sets.js';

const config = (more: object): MopConfig => configSchema.parse({ population: { path: 'a.csv' }, ...more });

it('records are read once for runs that differ in how many they draw, and again for another file or seed', async () => {
  const reads: string[] = [];
  const sets = sharedSets(({ population, seed }) => {
    reads.push(`${population.path} ${seed}`);
    return Promise.resolve({ train: [], golden: [] });
  });
  const first = await sets(config({}));
  expect(await sets(config({ population: { path: 'a.csv', records: 40 }, exemplars: { count: 7 } }))).toBe(first);
  await sets(config({ seed: 2 }));
  await sets(config({ population: { path: 'b.csv' }, seed: 2 }));
  expect(reads).toEqual(['a.csv 0', 'a.csv 2', 'b.csv 2']);
});
