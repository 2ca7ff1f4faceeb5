import type { Reporter } from './reporter.js';
import { formatTable, type JobReporter, type Progress } from '@mixture-of-personas/pipeline';

/** A job's reports on a terminal of that width: one bar a stage, notes and finished tables as lines of the log. */
export function jobReporter(reporter: Reporter, width: number): JobReporter {
  let current: { readonly stage: string; readonly progress: Progress } | undefined;
  return {
    note: (sentence) => reporter.info(sentence),
    info: (sentence) => reporter.info(sentence),
    progress(stage, done, total, detail) {
      if (current?.stage !== stage) {
        current?.progress.end();
        current = { stage, progress: reporter.progress(stage) };
      }
      current.progress.update(done, total, detail);
    },
    table: (table, caption) => reporter.info(`\n${formatTable(table, width)}\n\n${caption}\n`),
  };
}
