import type { CommandModule } from 'yargs';
import type { CommandContext } from '../command-context.js';
import { jobCommand } from '../run/job-command.js';

/** `mop fit`. */
export function fitCommand(context: CommandContext): CommandModule {
  return jobCommand(
    { name: 'fit', describe: 'Fit the gate of a run, compare it on held-out records and stop', until: 'fit' },
    context,
  );
}
