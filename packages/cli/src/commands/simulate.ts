import type { CommandModule } from 'yargs';
import type { CommandContext } from '../command-context.js';
import { jobCommand } from '../run/job-command.js';

/** `mop simulate`. */
export function simulateCommand(context: CommandContext): CommandModule {
  return jobCommand(
    { name: 'simulate', describe: 'Simulate the texts of a run and stop before their evaluation', until: 'simulate' },
    context,
  );
}
