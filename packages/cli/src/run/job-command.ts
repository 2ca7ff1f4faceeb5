import type { Argv, CommandModule } from 'yargs';
import type { CommandContext } from '../command-context.js';
import { configOptions } from '../config/flags.js';
import { loadConfig } from '../config/load.js';
import type { MopConfig } from '../config/schema.js';
import { formatTable } from '../output/table.js';
import { realOpeners } from '../model-openers.js';
import { runJob } from './job.js';
import { jobReporter } from './job-reporter.js';
import type { JobEnd, JobResult } from './job-result.js';
import { openExistingRun } from './run-folder.js';
import { figuresCaption, figuresTable, heldOutCaption, heldOutTable } from './tables.js';

/** What one of the verbs that go through the job's stages is. */
export interface JobVerb {
  readonly name: string;
  readonly describe: string;
  readonly until: JobEnd;
}

/** Width that result tables are drawn for. */
const WIDTH = 140;

/** A verb that runs the job up to a stage: `mop personas`, `mop fit`, `mop simulate` and `mop run` are the four. */
export function jobCommand(verb: JobVerb, context: CommandContext): CommandModule {
  return {
    command: verb.name,
    describe: verb.describe,
    builder: (yargs: Argv) =>
      yargs.options(configOptions()).option('resume', {
        type: 'boolean',
        describe: 'Go on with the run in --output, with the settings it was started with; the same command goes on too',
      }),
    handler: async (argv: Readonly<Record<string, unknown>>) => {
      const { reporter, signal } = context;
      const config = argv['resume'] === true ? await resumedConfig(argv) : await loadConfig(argv);
      const { openers = realOpeners } = context;
      const result = await runJob({ config, until: verb.until, reporter: jobReporter(reporter), signal, openers });
      reporter.result(result, resultText(result));
    },
  };
}

/** The settings of the run that lies in the folder; a configuration file is not looked at. */
async function resumedConfig(argv: Readonly<Record<string, unknown>>): Promise<MopConfig> {
  const { output } = typeof argv['output'] === 'string' ? { output: argv['output'] } : await loadConfig(argv);
  const { manifest } = await openExistingRun(output);
  return { ...(manifest.config as unknown as MopConfig), output };
}

/** What a person sees on stdout. */
function resultText({ folder, finished, heldOut, metrics }: JobResult): string {
  const parts = [`${folder}: finished ${finished.join(', ')}`];
  if (heldOut !== undefined) parts.push(formatTable(heldOutTable(heldOut), WIDTH), heldOutCaption(heldOut));
  if (metrics !== undefined) {
    parts.push(formatTable(figuresTable(metrics.evaluation), WIDTH), figuresCaption(metrics.evaluation));
  }
  return parts.join('\n\n');
}
