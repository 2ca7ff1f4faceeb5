import type { Argv, CommandModule } from 'yargs';
import type { CommandContext } from '../terminal/command-context.js';
import {
  configOf,
  configOptions,
  figuresCaption,
  figuresTable,
  formatTable,
  heldOutCaption,
  groupShiftTable,
  heldOutTable,
  JOB_ENDS,
  type JobEnd,
  type JobResult,
  loadConfig,
  type MopConfig,
  openExistingRun,
  realOpeners,
  runPipeline,
  shiftSentence,
  shiftTable,
  speakersTable,
  transferConfig,
} from '@mixture-of-personas/pipeline';
import { widthOf } from '../terminal/io.js';
import { jobReporter } from '../terminal/job-reporter.js';

/** Choices of `--until`: the last part of `mop run`. */
const UNTIL = { choices: JOB_ENDS, describe: 'Stop after this part [default: evaluate, the last]' } as const;

/** A pipeline command: `mop personas`, `mop fit`, `mop simulate` and `mop run` differ only in where they stop. */
export function jobCommand(until: JobEnd): (context: CommandContext) => CommandModule {
  return (context) => ({
    builder: (yargs: Argv) =>
      (until === 'evaluate' ? yargs.option('until', UNTIL) : yargs).options(configOptions()).option('resume', {
        type: 'boolean',
        describe:
          'Resume the run in --output with the settings that it was started with; so does the same command again',
      }),
    handler: async (argv: Readonly<Record<string, unknown>>) => {
      const { io, reporter, signal } = context;
      const config = await chosenConfig(argv);
      const { openers = realOpeners } = context;
      const log = jobReporter(reporter, widthOf(io.stderr));
      const end = JOB_ENDS.find((part) => part === argv['until']) ?? until;
      const result = await runPipeline(config, { until: end, reporter: log, signal, openers });
      reporter.result(result, resultText(result, widthOf(io.stdout)));
    },
  });
}

/** Of a run to be resumed, of another run whose gate is simulated from, or those of file and flags. */
async function chosenConfig(argv: Readonly<Record<string, unknown>>): Promise<MopConfig> {
  if (argv['resume'] === true) return resumedConfig(argv);
  const from = argv['simulate.gate'];
  return typeof from === 'string' && argv['config'] === undefined ? transferConfig(from, argv) : loadConfig(argv);
}

/** The settings of the run that lies in the folder, with other servers where they are named; a configuration file is not looked at. */
async function resumedConfig(argv: Readonly<Record<string, unknown>>): Promise<MopConfig> {
  const { output } = typeof argv['output'] === 'string' ? { output: argv['output'] } : await loadConfig(argv);
  const config = configOf(await openExistingRun(output));
  const model = argv['llm.model'];
  return typeof model === 'string' ? { ...config, llm: { ...config.llm, model } } : config;
}

/** The shift of weights in words and tables; nothing in a folder of an earlier version. */
function shiftParts(heldOut: NonNullable<JobResult['heldOut']>, width: number): string[] {
  const { shift } = heldOut;
  if (shift === undefined) return [];
  const tables = [shiftTable(shift), groupShiftTable(shift)];
  const shown = tables.flatMap((table) =>
    table === undefined || table.rows.length === 0 ? [] : [formatTable(table, width)],
  );
  return [shiftSentence(shift, heldOut), ...(shift.exemplars.gained.length > 0 ? shown : [])];
}

/** Text of a result on stdout, for people, with tables no wider than `width`. */
function resultText({ folder, finished, heldOut, metrics }: JobResult, width: number): string {
  const parts = [`${folder}: finished ${finished.join(', ')}`];
  if (heldOut !== undefined) {
    parts.push(formatTable(heldOutTable(heldOut), width), heldOutCaption(heldOut));
    parts.push(...shiftParts(heldOut, width));
    const speakers = speakersTable(heldOut);
    if (speakers !== undefined) parts.push(formatTable(speakers, width));
  }
  if (metrics !== undefined)
    parts.push(formatTable(figuresTable(metrics.evaluation), width), figuresCaption(metrics.evaluation));
  return parts.join('\n\n');
}
