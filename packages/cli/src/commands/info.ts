import type { CommandModule } from 'yargs';
import { defineCommand, type CommandContext } from '../terminal/command-context.js';
import { explainRow, openExistingRun, runSummary } from '@mixture-of-personas/pipeline';
import { widthOf } from '../terminal/io.js';
import { rowText, summaryText } from '../terminal/info-text.js';
import { FOLDER, NUMBER } from './flag-kinds.js';

/** `mop info RUN [--row N]`: what a run folder holds, or how one of its texts came about. */
export function infoCommand({ reporter, io }: CommandContext): CommandModule {
  return defineCommand({
    builder: (yargs) =>
      yargs.positional('folder', FOLDER).option('row', { ...NUMBER, describe: 'Row of synthetic.jsonl, from 0' }),
    handler: async ({ folder: path, row }) => {
      const folder = await openExistingRun(path);
      if (row !== undefined) {
        const explanation = await explainRow(folder, row);
        reporter.result(explanation, rowText(explanation));
        return;
      }
      const summary = await runSummary(folder);
      reporter.result(summary, summaryText(summary, widthOf(io.stdout)));
    },
  });
}
