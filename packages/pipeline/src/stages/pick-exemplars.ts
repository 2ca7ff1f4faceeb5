import {
  chooseExemplars,
  ownExemplars,
  preselectExemplars,
  type PopulationRecord,
} from '@mixture-of-personas/synthesis';
import type { JobContext } from '../context/job-context.js';
import { EXEMPLARS } from '../artifacts/texts.js';
import { poolOf } from '../context/sample-records.js';
import { showsExemplars, type Stage } from '../context/stage.js';
import type { RecordEmbeddings } from './embed-records.js';

/** The exemplars of a run, and where they came from. */
export interface JobExemplars {
  readonly exemplars: readonly PopulationRecord[];
  /** Row of each among the records of the pool, which are the training records without a pool. */
  readonly indices: readonly number[];
  /** For each record of training, validation and held-out, one after the other: the exemplar that is the same text, or −1. */
  readonly own: Int32Array;
}

/** Draws N records of the pool, or training records without one, that stand in prompts, by the seed. */
export const exemplarsStage: Stage<'exemplars', { readonly embed: RecordEmbeddings }, JobExemplars> = {
  name: 'exemplars',
  does: 'Draws the training records, or records of the pool, that stand in prompts',
  part: 'fit',
  inputs: ['embed'],
  artifacts: [EXEMPLARS],
  when: showsExemplars,
  make: (job, { embed }) => Promise.resolve(EXEMPLARS.file(chosen(job, embed))),
  async load(job) {
    const { training, validation, heldOut } = job.records;
    const exemplars = await job.folder.read(EXEMPLARS);
    const ofPool = ownExemplars(poolOf(job.records), exemplars);
    return {
      exemplars,
      // The first record of the pool with each exemplar's text, which is the one that was drawn.
      indices: exemplars.map((_, j) => ofPool.indexOf(j)),
      own: ownExemplars([...training, ...validation, ...heldOut], exemplars),
    };
  },
};

/** With a pool those nearest to the training records and a random share, unless chance alone is asked for. */
function chosen({ config, records }: JobContext, { training, pool }: RecordEmbeddings): readonly PopulationRecord[] {
  const { exemplars, seed } = config;
  const { count, choice = records.pool === undefined ? 'random' : 'near' } = exemplars;
  if (choice === 'random') return chooseExemplars(poolOf(records), count, seed).exemplars;
  return preselectExemplars(poolOf(records), { candidates: pool, target: training }, { count, seed }).exemplars;
}
