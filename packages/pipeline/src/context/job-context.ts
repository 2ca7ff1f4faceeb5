import type { PromptTemplate } from '@mixture-of-personas/synthesis';
import type { MopConfig } from '../config/schema.js';
import type { Engines } from '../engines/engines.js';
import type { ModelOpeners } from '../engines/model-openers.js';
import type { JobReporter } from '../log.js';
import type { RunFolder } from '../run-folder/run-folder.js';
import type { JobRecords } from './sample-records.js';

/** Choices that decide which stages a run has. */
export interface JobPlan {
  readonly config: MopConfig;
  readonly records: JobRecords;
  /** The model that the gate was fitted with, where it is another run's; then nothing is scored here. */
  readonly gateModel?: string | undefined;
}

/** All that the stages of a job share. The model's scores are looked up in the run's store before it is asked. */
export interface JobContext extends JobPlan, Omit<Engines, 'close'> {
  readonly folder: RunFolder;
  readonly template: PromptTemplate;
  /** Opens the second model of a method that has one. */
  readonly openers: ModelOpeners;
  readonly reporter: JobReporter;
  readonly signal: AbortSignal;
}
