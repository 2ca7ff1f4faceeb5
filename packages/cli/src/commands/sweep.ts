import type { CommandModule } from 'yargs';
import type { CommandContext } from '../command-context.js';
import { experimentCommand } from '../experiment/experiment-command.js';

/** `mop sweep`. */
export function sweepCommand(context: CommandContext): CommandModule {
  return experimentCommand(
    { name: 'sweep', describe: 'Run one experiment at several values of any settings, over one store of scores' },
    context,
  );
}
