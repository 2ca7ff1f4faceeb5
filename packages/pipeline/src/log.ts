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
