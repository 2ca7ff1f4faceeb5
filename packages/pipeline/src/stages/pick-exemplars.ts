import { chooseExemplars, ownExemplars, type PopulationRecord } from '@mixture-of-personas/synthesis';
import type { JobContext } from '../context/job-context.js';
import { decodeLines, encodeLines } from '../run-folder/json-lines.js';
import { stageResult } from '../context/stage.js';
import type { JobRecords } from '../context/sample-records.js';

/** The exemplars of a run, and where they came from. */
export interface JobExemplars {
  readonly exemplars: readonly PopulationRecord[];
  /** Row of each among the training records. */
  readonly indices: readonly number[];
  /** For each record of training, validation and held-out, one after the other: the exemplar that is the same text, or −1. */
  readonly own: Int32Array;
}

const FILE = 'exemplars.jsonl';

/** The stage `exemplars`: N training records that stand in prompts, drawn by the seed. */
export async function pickExemplars(job: JobContext, records: JobRecords): Promise<JobExemplars> {
  const { training, validation, heldOut } = records;
  const { seed, exemplars } = job.config;
  const { indices } = chooseExemplars(training, exemplars.count, seed);
  const chosen = await stageResult(job.folder, {
    name: 'exemplars',
    make: () => Promise.resolve({ [FILE]: encodeLines(Array.from(indices, (i) => training[i])) }),
    load: async (read) => decodeLines(await read(FILE)) as PopulationRecord[],
  });
  const own = ownExemplars([...training, ...validation, ...heldOut], chosen);
  return { exemplars: chosen, indices: Array.from(indices), own };
}
