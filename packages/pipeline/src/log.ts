import type { TableContent } from './tables/table.js';

/** Draws how far a piece of work is. */
export interface Progress {
  /** Reports progress; `detail` is a short note beside the bar, such as "cache 83 %". */
  update(done: number, total: number, detail?: string): void;
  /** Removes the bar so that a line can be printed; the next update draws it again. */
  clear(): void;
  /** Ends the work, finished or not. */
  end(): void;
}

/** Receives what a long piece of work reports; the terminal draws it, a script may collect it. */
export interface WorkLog {
  /** Logs a line. */
  info(sentence: string): void;
  /** Logs a warning that the user must see. */
  warn(sentence: string): void;
  /** Starts the progress of a piece of work; one at a time. */
  progress(label: string): Progress;
}

/** Receives what a run does; a terminal draws it, a test collects it. Nothing here decides a result. */
export interface JobReporter {
  /** A sentence that bears on the result, such as a warning; experiments count these. */
  note(sentence: string): void;
  /** A sentence that does not bear on the result, such as an estimate of the time left. */
  info?(sentence: string): void;
  /** Progress of the current stage; `detail` is a short note beside the bar. */
  progress(stage: string, done: number, total: number, detail?: string): void;
  /** A finished table with its caption. */
  table(table: TableContent, caption: string): void;
}

/** Reports to nobody. */
export const SILENT: JobReporter = { note: () => undefined, progress: () => undefined, table: () => undefined };
