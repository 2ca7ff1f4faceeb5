import type { HeldOutComparison } from '../analysis/held-out.js';
import type { RunMetrics } from '../artifacts/metrics.js';
import type { JobContext, JobPlan } from '../context/job-context.js';
import { JOB_ENDS, stageResult, type JobEnd } from '../context/stage.js';
import { interrupted } from '../errors.js';
import type { RunFolder } from '../run-folder/run-folder.js';
import { STAGES, type RunStage, type StageResults } from './stage-list.js';

/** Result of a job, as far as it went. */
export interface JobResult {
  readonly folder: string;
  readonly finished: readonly string[];
  readonly heldOut?: HeldOutComparison;
  readonly metrics?: RunMetrics;
}

/** Runs the stages of one job, in order, each once. */
export interface StageRunner {
  /** Results of the stages so far. */
  readonly results: Partial<StageResults>;
  /** Runs all stages up to the end of a part. @throws UserError `interrupted` between stages when the user asked to stop */
  runTo(until: JobEnd): Promise<JobResult>;
}

/** A runner at the first stage. */
export function stageRunner(job: JobContext): StageRunner {
  // A stage is called after its inputs, as the list has them in order.
  const results = {} as StageResults;
  const done = new Set<string>();
  return {
    results,
    async runTo(until) {
      for (const stage of stagesOf(job, until)) {
        if (done.has(stage.name)) continue;
        if (job.signal.aborted) throw interrupted();
        const result = await stageResult<StageResults, unknown>(job, stage, results);
        Object.assign(results, { [stage.name]: result });
        done.add(stage.name);
      }
      if (until === JOB_ENDS.at(-1)) await job.folder.removePartial('');
      return resultOf(job.folder, results);
    },
  };
}

/**
 * Purpose that is left for the language model: scores for the fit, the comparison of gates or a method that chooses by likelihood; texts for other
 * stages; undefined where all that makes anything is finished.
 */
export function purposeLeft(plan: JobPlan, folder: RunFolder, until: JobEnd): 'score' | 'generate' | undefined {
  const left = stagesOf(plan, until).filter(({ name, make }) => make !== undefined && !folder.has(name));
  if (left.length === 0) return undefined;
  return left.some(({ scores }) => scores?.(plan) === true) ? 'score' : 'generate';
}

/** The stages that a run has, up to the end of a part. */
function stagesOf(plan: JobPlan, until: JobEnd): readonly RunStage[] {
  const last = JOB_ENDS.indexOf(until);
  return STAGES.filter(({ part, when }) => JOB_ENDS.indexOf(part) <= last && (when === undefined || when(plan)));
}

function resultOf(folder: RunFolder, { compare, evaluate }: Partial<StageResults>): JobResult {
  return {
    folder: folder.path,
    finished: Object.keys(folder.manifest.stages),
    ...(compare === undefined ? {} : { heldOut: compare }),
    ...(evaluate === undefined ? {} : { metrics: evaluate.metrics }),
  };
}
