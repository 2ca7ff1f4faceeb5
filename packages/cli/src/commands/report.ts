import type { Argv, CommandModule } from 'yargs';
import type { CommandContext } from '../command-context.js';
import { acquireLock } from '../run/lock.js';
import { openExistingRun } from '../run/run-folder.js';

/** `mop report RUN`: writes `report.html` again from what the run folder holds; no model is opened. */
export function reportCommand(context: CommandContext): CommandModule {
  return {
    command: 'report <folder>',
    describe: 'Write report.html of a finished run again, from its folder alone',
    builder: (yargs: Argv) =>
      yargs.positional('folder', { type: 'string', demandOption: true, describe: 'Run folder' }),
    handler: async (argv: Readonly<Record<string, unknown>>) => {
      const path = String(argv['folder']);
      // Before the lock, which would make the folder.
      await openExistingRun(path);
      const lock = await acquireLock(`${path}/run.lock`);
      try {
        const { REPORT_FILE, reportFiles } = await import('../report/report-files.js');
        const folder = await openExistingRun(path);
        await folder.commit('report', await reportFiles(folder));
        const report = folder.file(REPORT_FILE);
        context.reporter.result({ report }, report);
      } finally {
        await lock.release();
      }
    },
  };
}
