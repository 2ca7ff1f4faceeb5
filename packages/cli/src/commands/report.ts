import { rewriteReport } from '@mixture-of-personas/pipeline';
import type { Argv, CommandModule } from 'yargs';
import type { CommandContext } from '../terminal/command-context.js';

/** `mop report RUN`: writes `report.html` again from what the run folder holds; no model is opened. */
export function reportCommand(context: CommandContext): CommandModule {
  return {
    builder: (yargs: Argv) =>
      yargs.positional('folder', { type: 'string', demandOption: true, describe: 'Run folder' }),
    handler: async (argv: Readonly<Record<string, unknown>>) => {
      const report = await rewriteReport(String(argv['folder']));
      context.reporter.result({ report }, report);
    },
  };
}
