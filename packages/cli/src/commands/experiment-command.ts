import {
  configOptions,
  type ExperimentChoice,
  experimentText,
  planCost,
  planExperiment,
  planText,
  runExperiment,
  settingsOf,
  UserError,
} from '@mixture-of-personas/pipeline';
import type { Argv, CommandModule } from 'yargs';
import { EXIT } from '../terminal/exit-codes.js';
import type { CommandContext } from '../terminal/command-context.js';
import { widthOf } from '../terminal/io.js';
import { TEXT } from './flag-kinds.js';
import { SCALE } from './validate.js';

type ExperimentVerb = 'compare' | 'sweep';

/** Ways to combine the values of several settings. */
const MODES = ['each', 'grid', 'list'] as const;

type Arguments = Readonly<Record<string, unknown>>;

/** A verb that runs every cell of an experiment and prints its table. The cells, tables and figure lie in `--output`. */
export function experimentCommand(name: ExperimentVerb): (context: CommandContext) => CommandModule {
  return (context) => ({
    builder: (yargs: Argv) => yargs.options(configOptions()).options(experimentOptions(name)),
    handler: async (argv: Arguments) => {
      const { io, reporter, signal, openers } = context;
      const experiment = await planExperiment(textOf(argv['config']) ?? 'mop.yaml', choiceOf(argv));
      const { output } = experiment;
      if (argv['rate'] !== undefined && argv['dry-run'] !== true)
        throw new UserError('usage', '--rate is for --dry-run alone.', { remedy: 'Add --dry-run, or leave it out.' });
      if (argv['dry-run'] === true) {
        const cells = experiment.cells.map(({ config, ...cell }) => ({ ...cell, output: config.output }));
        const cost = await planCost(experiment.cells, { rate: textOf(argv['rate']), openers });
        const folders = cells.map((cell) => cell.output);
        reporter.result({ cells, cost }, [planText(cost, widthOf(io.stdout)), '', ...folders].join('\n'));
        return;
      }
      const summary = await runExperiment(experiment, { reporter, signal, openers });
      reporter.result(summary, experimentText(output, summary, widthOf(io.stdout)));
      if (summary.failures.length > 0) context.exitWith(EXIT.error);
    },
  });
}

function choiceOf(argv: Arguments): ExperimentChoice {
  return {
    scale: textOf(argv['scale']),
    given: Object.fromEntries(settingsOf(argv).map((setting) => [setting.name, setting.value])),
    seeds: seedsOf(argv),
    only: listOf(argv['only']),
    vary: [argv['vary']].flat().filter((value) => typeof value === 'string'),
    mode: MODES.find((mode) => mode === argv['mode']),
    output: textOf(argv['output']),
  };
}

function experimentOptions(name: ExperimentVerb): Parameters<Argv['options']>[0] {
  const sweep = {
    vary: {
      ...TEXT,
      describe: 'A setting and the values to try: --vary personas.count=20,50,100; several with several --vary',
    },
    mode: {
      choices: MODES,
      describe:
        'Vary one setting at a time, all with all, or first values together, then second ones … [default: each]',
    },
  } as const;
  return {
    scale: SCALE,
    seeds: { ...TEXT, describe: 'Seeds instead of the experiment’s: --seeds 1,2,3' },
    only: { ...TEXT, describe: 'Methods or data sets to run, leaving out the others: --only MoP,ZeroGen' },
    'dry-run': {
      type: 'boolean',
      describe:
        'Check every cell’s settings, count pairs, tokens, hours and disk, and list the run folders, without running',
    },
    rate: {
      ...TEXT,
      describe: 'For --dry-run: tokens a second that one engine READ,WRITTEN, or `measure` to try each model',
    },
    ...(name === 'sweep' ? sweep : {}),
  };
}

function seedsOf(argv: Arguments): number[] | undefined {
  const seeds = listOf(argv['seeds'])?.map(Number);
  if (seeds?.every((seed) => Number.isSafeInteger(seed)) ?? true) return seeds;
  throw new UserError(
    'bad-setting',
    `--seeds must be whole numbers with commas between, got ${String(argv['seeds'])}.`,
  );
}

function listOf(value: unknown): string[] | undefined {
  return textOf(value)
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
