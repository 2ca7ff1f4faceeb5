import type { MopConfig } from '../config/schema.js';
import { loadRecordSets, type RecordSets } from '../context/record-sets.js';

/**
 * Reads record sets, and gives the last ones again to a run that asks for the same: the cells of a data set follow one another, and reading and
 * cutting texts can take as long as fitting to a few of them.
 * @param read what reads them
 */
export function sharedSets(read: typeof loadRecordSets = loadRecordSets): (config: MopConfig) => Promise<RecordSets> {
  let last: { readonly key: string; readonly sets: RecordSets } | undefined;
  return async (config) => {
    const { population, pool, golden, seed } = config;
    const key = JSON.stringify([sourceOf(population), sourceOf(golden), pool && sourceOf(pool), seed]);
    last = last?.key === key ? last : { key, sets: await read(config) };
    return last.sets;
  };
}

/** Source that is read; each run decides how many records it draws. */
function sourceOf({ path, format, columns, split, limit }: MopConfig['golden' | 'population']): readonly unknown[] {
  return [path, format, columns, split, limit];
}
