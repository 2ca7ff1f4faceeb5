import { rewriteReport } from '@mixture-of-personas/pipeline';
import type { CommandModule } from 'yargs';
import { defineCommand, type CommandContext } from '../terminal/command-context.js';
import { FOLDER } from './flag-kinds.js';

/** `mop report RUN`: writes `report.html` again from what the run folder holds; no model is opened. */
export function reportCommand({ reporter }: CommandContext): CommandModule {
  return defineCommand({
    builder: (yargs) => yargs.positional('folder', FOLDER),
    handler: async ({ folder }) => {
      const report = await rewriteReport(folder);
      reporter.result({ report }, report);
    },
  });
}
