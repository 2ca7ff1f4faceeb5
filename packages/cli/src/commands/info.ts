import type { Argv, CommandModule } from 'yargs';
import type { CommandContext } from '../terminal/command-context.js';
import { explainRow, openExistingRun, runSummary } from '@mixture-of-personas/pipeline';
import { widthOf } from '../terminal/io.js';
import { rowText, summaryText } from '../terminal/info-text.js';

/** `mop info RUN [--row N]`: what a run folder holds, or how one of its texts came about. */
export function infoCommand(context: CommandContext): CommandModule {
  return {
    builder: (yargs: Argv) =>
      yargs
        .positional('folder', { type: 'string', demandOption: true, describe: 'Run folder' })
        .option('row', { type: 'number', requiresArg: true, describe: 'Row of synthetic.jsonl, from 0' }),
    handler: async (argv: Readonly<Record<string, unknown>>) => {
      const folder = await openExistingRun(String(argv['folder']));
      if (typeof argv['row'] === 'number') {
        const explanation = await explainRow(folder, argv['row']);
        context.reporter.result(explanation, rowText(explanation));
        return;
      }
      const summary = await runSummary(folder);
      context.reporter.result(summary, summaryText(summary, widthOf(context.io.stdout)));
    },
  };
}
