import type { Argv, CommandModule } from 'yargs';
import type { CommandContext } from '../command-context.js';
import { configOptions } from '../config/flags.js';
import { loadConfig } from '../config/load.js';
import type { MopConfig } from '../config/schema.js';
import { widthOf } from '../output/io.js';
import { formatTable } from '../output/table.js';
import { realOpeners } from '../model-openers.js';
import { runJob } from './job.js';
import { jobReporter } from './job-reporter.js';
import type { JobEnd, JobResult } from './job-result.js';
import { openExistingRun } from './run-folder.js';
import { transferConfig } from './transfer.js';
import { figuresCaption, figuresTable, heldOutCaption, heldOutTable, speakersTable } from './tables.js';

/** What one of the verbs that go through the job's stages is. */
export interface JobVerb {
  readonly name: string;
  readonly describe: string;
  readonly until: JobEnd;
}

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
      const { io, reporter, signal } = context;
      const config = await configOf(argv);
      const { openers = realOpeners } = context;
      const log = jobReporter(reporter, widthOf(io.stderr));
      const result = await runJob({ config, until: verb.until, reporter: log, signal, openers });
      reporter.result(result, resultText(result, widthOf(io.stdout)));
    },
  };
}

/** Of a run to be resumed, of another run whose gate is simulated from, or those of file and flags. */
async function configOf(argv: Readonly<Record<string, unknown>>): Promise<MopConfig> {
  if (argv['resume'] === true) return resumedConfig(argv);
  const from = argv['simulate.gate'];
  return typeof from === 'string' && argv['config'] === undefined ? transferConfig(from, argv) : loadConfig(argv);
}

/** The settings of the run that lies in the folder; a configuration file is not looked at. */
async function resumedConfig(argv: Readonly<Record<string, unknown>>): Promise<MopConfig> {
  const { output } = typeof argv['output'] === 'string' ? { output: argv['output'] } : await loadConfig(argv);
  const { manifest } = await openExistingRun(output);
  return { ...(manifest.config as unknown as MopConfig), output };
}

/** What a person sees on stdout, tables no wider than `width`. */
function resultText({ folder, finished, heldOut, metrics }: JobResult, width: number): string {
  const parts = [`${folder}: finished ${finished.join(', ')}`];
  if (heldOut !== undefined) {
    parts.push(formatTable(heldOutTable(heldOut), width), heldOutCaption(heldOut));
    const speakers = speakersTable(heldOut);
    if (speakers !== undefined) parts.push(formatTable(speakers, width));
  }
  if (metrics !== undefined) {
    parts.push(formatTable(figuresTable(metrics.evaluation), width), figuresCaption(metrics.evaluation));
  }
  return parts.join('\n\n');
}
