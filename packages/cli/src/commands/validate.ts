import type { CommandModule } from 'yargs';
import type { CommandContext } from '../terminal/command-context.js';
import {
  configOptions,
  formatTable,
  loadConfig,
  loadRecordSets,
  requireModelFolder,
  sampleRecords,
} from '@mixture-of-personas/pipeline';
import { widthOf } from '../terminal/io.js';

/** `mop validate`: reads the configuration and all records, looks at the model folders, and says what it found. Writes nothing. */
export function validateCommand({ reporter, io }: CommandContext): CommandModule {
  return {
    command: 'validate',
    describe: 'Check configuration, records and model folders',
    builder: (yargs) => yargs.options(configOptions()),
    handler: async (argv) => {
      const config = await loadConfig(argv);
      const sets = await loadRecordSets(config);
      const drawn = sampleRecords(sets, config);
      await requireModelFolder('llm.model', config.llm.model);
      await requireModelFolder('encoder.model', config.encoder.model);
      const labels = new Set(sets.train.flatMap(({ label }) => (label === undefined ? [] : [label])));
      const found = {
        population: sets.train.length,
        training: drawn.training.length,
        validation: drawn.validation.length,
        golden: drawn.golden.length,
        heldOut: drawn.heldOut.length,
        labels: [...labels].sort(),
        withContext: sets.train.filter(({ context }) => context !== undefined).length,
        personas: config.personas.count,
        exemplars: config.exemplars.count,
        llm: config.llm.model,
        encoder: config.encoder.model,
        output: config.output,
      };
      const rows = Object.entries(found).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') || 'none' : String(value),
      ]);
      reporter.result(found, formatTable({ columns: [{ title: 'valid' }, { title: '' }], rows }, widthOf(io.stdout)));
    },
  };
}
