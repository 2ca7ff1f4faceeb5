import { randomFor, sampleWithoutReplacement } from '@mixture-of-personas/numeric';
import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { UserError } from '../../errors.js';
import { sha256 } from '../files.js';
import type { RecordSets } from '../job-context.js';
import type { JobSettings } from '../job-settings.js';

/** The records of a run, by what they are for. */
export interface JobRecords {
  readonly training: readonly PopulationRecord[];
  readonly validation: readonly PopulationRecord[];
  readonly heldOut: readonly PopulationRecord[];
  readonly golden: readonly PopulationRecord[];
}

/**
 * Draws a run's records: training and validation from the training set without overlap, held-out and golden from the golden set (the
 * held-out ones are the first of the golden ones).
 * @throws UserError `bad-setting` naming the setting that asks for more than there is
 */
export function sampleRecords(sets: RecordSets, settings: JobSettings): JobRecords {
  const { records, personas, exemplars, seed } = settings;
  requireAtMost('personas.count', personas.count, records.training, 'training records of this run');
  requireAtMost('exemplars.count', exemplars.count, records.training, 'training records of this run');
  const fromTrain = records.training + records.validation;
  requireAtMost('records.training + records.validation', fromTrain, sets.train.length, 'records in the training set');
  const fromGolden = Math.max(records.heldOut, records.golden);
  requireAtMost('the larger of records.heldOut and records.golden', fromGolden, sets.golden.length, 'golden records');
  const train = draw(sets.train, fromTrain, seed, 'training-records');
  const golden = draw(sets.golden, fromGolden, seed, 'golden-records');
  return {
    training: train.slice(0, records.training),
    validation: train.slice(records.training),
    heldOut: golden.slice(0, records.heldOut),
    golden: golden.slice(0, records.golden),
  };
}

/** Hash of every text, context and label that the run reads. */
export function recordsFingerprint(records: JobRecords): string {
  const { training, validation, heldOut, golden } = records;
  return sha256(JSON.stringify({ training, validation, heldOut, golden }));
}

function draw(records: readonly PopulationRecord[], count: number, seed: number, purpose: string): PopulationRecord[] {
  const indices = sampleWithoutReplacement(records.length, count, randomFor(seed, purpose, 0));
  return Array.from(indices, (i) => records[i]!);
}

function requireAtMost(setting: string, value: number, limit: number, what: string): void {
  if (value <= limit) return;
  throw new UserError('bad-setting', `${setting} asks for ${value}, but there are only ${limit} ${what}.`, {
    suggestion: 'Lower it or give more records.',
  });
}
