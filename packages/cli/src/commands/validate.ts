import type { CommandModule } from 'yargs';
import type { CommandContext } from '../terminal/command-context.js';
import { configOptions, formatTable, loadConfig, surveyConfig } from '@mixture-of-personas/pipeline';
import { widthOf } from '../terminal/io.js';

/** `mop validate`: reads the configuration and all records, looks at the model folders, and says what it found. Writes nothing. */
export function validateCommand({ reporter, io }: CommandContext): CommandModule {
  return {
    builder: (yargs) => yargs.options(configOptions()),
    handler: async (argv) => {
      const config = await loadConfig(argv);
      const found = await surveyConfig(config);
      const rows = Object.entries(found).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') || 'none' : String(value),
      ]);
      reporter.result(found, formatTable({ columns: [{ title: 'valid' }, { title: '' }], rows }, widthOf(io.stdout)));
    },
  };
}
