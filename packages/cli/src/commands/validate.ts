import type { Argv, CommandModule } from 'yargs';
import { EXIT } from '../terminal/exit-codes.js';
import type { CommandContext } from '../terminal/command-context.js';
import {
  configOptions,
  formatTable,
  isExperimentFile,
  loadConfig,
  planExperiment,
  settingsOf,
  surveyConfig,
  surveyExperiment,
  surveyText,
  UserError,
} from '@mixture-of-personas/pipeline';
import { widthOf } from '../terminal/io.js';

type Arguments = Readonly<Record<string, unknown>>;

/** `mop validate`: reads the configuration and all records, looks at the model folders, and says what it found. Writes nothing. */
export function validateCommand(context: CommandContext): CommandModule {
  const { reporter, io } = context;
  return {
    builder: (yargs: Argv) => yargs.options({ ...configOptions(), scale: SCALE }),
    handler: async (argv: Arguments) => {
      const { config: file } = argv;
      if (typeof file === 'string' && (await isExperimentFile(file))) {
        await validateExperiment(file, argv, context);
        return;
      }
      if (argv['scale'] !== undefined)
        throw new UserError('bad-setting', 'A run has no scale.', {
          remedy: 'Leave out --scale, or give an experiment file.',
        });
      const found = await surveyConfig(await loadConfig(argv));
      const rows = Object.entries(found).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') || 'none' : String(value),
      ]);
      reporter.result(found, formatTable({ columns: [{ title: 'valid' }, { title: '' }], rows }, widthOf(io.stdout)));
    },
  };
}

/** The flag of experiments that chooses their size. */
export const SCALE = {
  type: 'string',
  requiresArg: true,
  describe: 'Size of the experiment, as its file names them [default: its first]',
} as const;

/** Sizes of each data set of an experiment, and what its cells lack; exit code 1 where they lack something. */
async function validateExperiment(file: string, argv: Arguments, context: CommandContext): Promise<void> {
  const { reporter, io } = context;
  const { scale } = argv;
  const { cells } = await planExperiment(file, {
    scale: typeof scale === 'string' ? scale : undefined,
    given: Object.fromEntries(settingsOf(argv).map((setting) => [setting.name, setting.value])),
  });
  const found = await surveyExperiment(cells);
  reporter.result({ datasets: found }, surveyText(found, widthOf(io.stdout)));
  if (found.some(({ problems }) => problems.length > 0)) context.exitWith(EXIT.error);
}
