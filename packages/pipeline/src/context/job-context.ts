import type { TableContent } from '../tables/table.js';
import type { GateBackend } from '@mixture-of-personas/gating';
import type { Encoder } from '@mixture-of-personas/encoder';
import type { LanguageModel } from '@mixture-of-personas/llm';
import type { PromptTemplate } from '@mixture-of-personas/synthesis';
import type { MopConfig } from '../config/schema.js';
import type { RunFolder } from '../run-folder/run-folder.js';

/** Where a job says what it does; a terminal draws it, a test collects it. Nothing here decides a result. */
export interface JobReporter {
  /** A sentence that bears on the result, such as a warning; experiments count these. */
  note(sentence: string): void;
  /** A sentence that does not bear on the result, such as an estimate of the time left. */
  info?(sentence: string): void;
  /** Work of the current stage; `detail` is what a person wants beside the bar. */
  progress(stage: string, done: number, total: number, detail?: string): void;
  /** A finished table with what stands under it. */
  table(table: TableContent, caption: string): void;
}

/** All that the stages of a job share. */
export interface JobContext {
  readonly folder: RunFolder;
  readonly config: MopConfig;
  readonly template: PromptTemplate;
  readonly encoder: Encoder;
  /** Scores are looked up in the run's store before the model is asked. */
  readonly model: LanguageModel;
  /** The model that the gate was fitted with, where it is another run's; then nothing is scored here. */
  readonly gateModel?: string;
  readonly backend: GateBackend;
  readonly reporter: JobReporter;
  readonly signal: AbortSignal;
}
