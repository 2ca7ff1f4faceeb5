import type { CommandModule } from 'yargs';
import type { CommandContext } from '../command-context.js';
import { jobCommand } from '../run/job-command.js';

/** `mop personas`. */
export function personasCommand(context: CommandContext): CommandModule {
  return jobCommand({ name: 'personas', describe: 'Make the personas of a run and stop', until: 'personas' }, context);
}
