import type { ArtifactFile } from '../artifacts/artifact.js';
import { drawsOf } from '../config/sections/method.js';
import type { Outputs } from '../run-folder/run-folder.js';
import type { JobContext, JobPlan } from './job-context.js';

/** The parts of a job in their order; each command ends with one of them. */
export const JOB_ENDS = ['personas', 'fit', 'simulate', 'evaluate'] as const;

/** Last part of a job; each part includes the ones before it. */
export type JobEnd = (typeof JOB_ENDS)[number];

/** Whether the run's texts are drawn from pairs of personas and exemplars. */
export function drawsPairs({ config }: JobPlan): boolean {
  const draws = drawsOf(config.method.name);
  return draws === 'gate' || draws === 'pairs';
}

/** Whether prompts of the run show exemplars: those of pairs, or a pool of them. */
export function showsExemplars(plan: JobPlan): boolean {
  return drawsPairs(plan) || drawsOf(plan.config.method.name) === 'pool';
}

/** Whether the run's texts are drawn from a fitted gate. */
export function drawsFromGate({ config }: JobPlan): boolean {
  return drawsOf(config.method.name) === 'gate';
}

/** One stage of a run as data: its place, its files, how they are made, and how its result is read back. */
export interface Stage<Name extends string, Inputs, Result> {
  /** Name in the manifest. */
  readonly name: Name;
  /** Description of the stage, in one line. */
  readonly does: string;
  /** The part of the job it belongs to. */
  readonly part: JobEnd;
  /** Stages whose results it uses, all of them before it in the list. */
  readonly inputs: readonly (keyof Inputs & string)[];
  /** The files it may write; none for a result that is computed in every life of a run. */
  readonly artifacts: readonly ArtifactFile[];
  /** Whether a run has the stage. @defaultValue every run has */
  readonly when?: (plan: JobPlan) => boolean;
  /** Whether it asks the language model for scores. @defaultValue it does not */
  readonly scores?: (plan: JobPlan) => boolean;
  /** Does the work; called only when the stage is not finished. */
  readonly make?: (job: JobContext, inputs: Inputs) => Promise<Outputs>;
  /** The result, from the committed files. */
  readonly load: (job: JobContext, inputs: Inputs) => Promise<Result>;
}

/**
 * The result of a stage, made now or by an earlier process. It is always read back from the folder, never handed over in memory, so
 * that a resumed run continues from the very numbers of an undisturbed one.
 * A finished stage whose files were changed or are gone is repeated; changed files are set aside.
 */
export async function stageResult<Inputs, Result>(
  job: JobContext,
  { name, make, load }: Stage<string, Inputs, Result>,
  inputs: Inputs,
): Promise<Result> {
  const { folder } = job;
  if (make !== undefined && !(folder.has(name) && (await folder.isWhole(name)))) {
    const [started, before] = [performance.now(), job.model.scoringPasses];
    await folder.commit(name, await make(job, inputs));
    const seconds = (performance.now() - started) / 1000;
    await folder.noteTime(name, { seconds, passes: job.model.scoringPasses - before });
  }
  return load(job, inputs);
}
