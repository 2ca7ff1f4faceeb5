import { randomFor, sampleWithoutReplacement } from '@mixture-of-personas/numeric';
import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import type { MopConfig } from '../config/schema.js';
import { UserError } from '../errors.js';
import { hasPart } from '../data/sources/detect.js';
import { loadRecords } from '../data/records.js';

/** The sets of a run, as they are read: what it may learn from, what it is compared with, and the pool where there is one. */
export interface RecordSets {
  readonly train: readonly PopulationRecord[];
  readonly golden: readonly PopulationRecord[];
  /** Records that exemplars and personas come from, where that is not `train`. */
  readonly pool?: readonly PopulationRecord[] | undefined;
}

/** Share of the records that becomes golden where there is one file and nothing else. */
const GOLDEN_SHARE = 0.2;

/**
 * Reads the population and what it is compared with: `golden.path` if given; else the part `golden.split` of the population's folder; else a
 * fifth of the records, drawn at random with the seed and taken out of the population.
 * @throws UserError as `loadRecords` does; `too-few-records` when one file has fewer than 2
 */
export async function loadRecordSets(config: MopConfig): Promise<RecordSets> {
  const { population, golden, seed } = config;
  const train = await loadRecords(population);
  const pool = await loadPool(config);
  const labels = golden.labels ?? population.labels;
  const { path, format, columns } = golden.path === undefined ? population : golden;
  const isApart =
    golden.path !== undefined || (golden.split !== population.split && (await hasPart(population, golden.split)));
  if (!isApart || path === undefined) return { ...splitRecords(train, seed), pool };
  const { split, limit } = golden;
  return { train, golden: await loadRecords({ path, format, columns, split, limit, labels }), pool };
}

/** The pool's records; undefined without a pool. */
export async function loadPool({ pool }: MopConfig): Promise<RecordSets['pool']> {
  return pool && loadRecords(pool);
}

/**
 * Takes a fifth of the records out as golden ones, at random with the seed.
 * @throws UserError `too-few-records` for fewer than 2
 */
export function splitRecords(records: readonly PopulationRecord[], seed: number): RecordSets {
  if (records.length < 2)
    throw new UserError('too-few-records', `There is ${records.length} record where at least 2 are needed.`, {
      remedy: 'Give more records, or golden ones with golden.path.',
    });
  const size = Math.max(1, Math.round(records.length * GOLDEN_SHARE));
  const golden = new Set(sampleWithoutReplacement(records.length, size, randomFor(seed, 'golden', 0)));
  return { train: records.filter((_, i) => !golden.has(i)), golden: records.filter((_, i) => golden.has(i)) };
}
