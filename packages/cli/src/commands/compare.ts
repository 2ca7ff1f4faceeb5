import type { CommandModule } from 'yargs';
import type { CommandContext } from '../command-context.js';
import { experimentCommand } from '../experiment/experiment-command.js';

/** `mop compare`. */
export function compareCommand(context: CommandContext): CommandModule {
  return experimentCommand(
    { name: 'compare', describe: 'Run methods on data sets over several seeds and print their table' },
    context,
  );
}
