import type { CommandModule } from 'yargs';
import type { CommandContext } from '../command-context.js';
import { jobCommand } from '../run/job-command.js';

/** `mop run`. */
export function runCommand(context: CommandContext): CommandModule {
  return jobCommand(
    {
      name: 'run',
      describe: 'The whole job: personas, fit, simulation, evaluation. Goes on where an earlier start ended',
      until: 'evaluate',
    },
    context,
  );
}
