import type { Argv, CommandModule } from 'yargs';
import { auditRun, auditText } from '@mixture-of-personas/pipeline';
import type { CommandContext } from '../terminal/command-context.js';
import { widthOf } from '../terminal/io.js';

/** `mop audit RUN`: who is spoken of, in the records, in the personas and in the texts, and what swapping a persona's attribute does. */
export function auditCommand(context: CommandContext): CommandModule {
  return {
    builder: (yargs: Argv) =>
      yargs
        .positional('folder', { type: 'string', demandOption: true, describe: 'Run folder' })
        .option('terms', {
          type: 'string',
          requiresArg: true,
          describe: 'YAML of groups and swaps; gender and age when absent',
        })
        .option('texts', {
          type: 'number',
          default: 40,
          requiresArg: true,
          describe: 'Texts written again a swap; 0 swaps nothing',
        })
        .option('threads', { type: 'number', requiresArg: true, describe: 'Threads within the models' }),
    handler: async (argv: Readonly<Record<string, unknown>>) => {
      const { openers, reporter, signal } = context;
      const audit = await auditRun(String(argv['folder']), {
        terms: typeof argv['terms'] === 'string' ? argv['terms'] : undefined,
        texts: Number(argv['texts']),
        threads: typeof argv['threads'] === 'number' ? argv['threads'] : undefined,
        reporter,
        signal,
        openers,
      });
      context.reporter.result(audit, auditText(audit, widthOf(context.io.stdout)));
    },
  };
}
