import { chooseExemplars, ownExemplars, type PopulationRecord } from '@mixture-of-personas/synthesis';
import type { JobContext } from '../context/job-context.js';
import { EXEMPLARS } from '../artifacts/texts.js';
import { showsExemplars, type Stage } from '../context/stage.js';

/** The exemplars of a run, and where they came from. */
export interface JobExemplars {
  readonly exemplars: readonly PopulationRecord[];
  /** Row of each among the training records. */
  readonly indices: readonly number[];
  /** For each record of training, validation and held-out, one after the other: the exemplar that is the same text, or −1. */
  readonly own: Int32Array;
}

/** Draws N training records that stand in prompts, by the seed. */
export const exemplarsStage: Stage<'exemplars', object, JobExemplars> = {
  name: 'exemplars',
  does: 'Draws the training records that stand in prompts',
  part: 'fit',
  inputs: [],
  artifacts: [EXEMPLARS],
  when: showsExemplars,
  make: (job) => Promise.resolve(EXEMPLARS.file(indicesOf(job).map((i) => job.records.training[i]!))),
  async load(job, _, read) {
    const { training, validation, heldOut } = job.records;
    const exemplars = await read(EXEMPLARS);
    return {
      exemplars,
      indices: indicesOf(job),
      own: ownExemplars([...training, ...validation, ...heldOut], exemplars),
    };
  },
};

function indicesOf({ config, records }: JobContext): number[] {
  return Array.from(chooseExemplars(records.training, config.exemplars.count, config.seed).indices);
}
