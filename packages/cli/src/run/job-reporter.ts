import type { Progress } from '../output/progress.js';
import type { Reporter } from '../output/reporter.js';
import type { JobReporter } from './job-context.js';

/** A job's reports on a command's terminal: one bar a stage, notes and finished tables as lines of the log. */
export function jobReporter(reporter: Reporter): JobReporter {
  let current: { readonly stage: string; readonly progress: Progress } | undefined;
  return {
    note: (sentence) => reporter.info(sentence),
    progress(stage, done, total, detail) {
      if (current?.stage !== stage) {
        current?.progress.end();
        current = { stage, progress: reporter.progress(stage) };
      }
      current.progress.update(done, total, detail);
    },
    table: (table, caption) => reporter.info(`\n${table}\n${caption}\n`),
  };
}
