import type { CommandModule } from 'yargs';
import { auditRun, auditText } from '@mixture-of-personas/pipeline';
import { defineCommand, type CommandContext } from '../terminal/command-context.js';
import { widthOf } from '../terminal/io.js';
import { FOLDER, NUMBER, TEXT } from './flag-kinds.js';

/** `mop audit RUN`: who is spoken of, in the records, in the personas and in the texts, and what swapping a persona's attribute does. */
export function auditCommand(context: CommandContext): CommandModule {
  return defineCommand({
    builder: (yargs) =>
      yargs
        .positional('folder', FOLDER)
        .option('terms', { ...TEXT, describe: 'YAML of groups and swaps; gender and age when absent' })
        .option('texts', { ...NUMBER, default: 40, describe: 'Texts written again a swap; 0 swaps nothing' })
        .option('threads', { ...NUMBER, describe: 'Threads within the models' }),
    handler: async ({ folder, terms, texts, threads }) => {
      const { openers, reporter, signal, io } = context;
      const audit = await auditRun(folder, { terms, texts, threads, reporter, signal, openers });
      reporter.result(audit, auditText(audit, widthOf(io.stdout)));
    },
  });
}
