import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Argv, CommandModule } from 'yargs';
import type { CommandContext } from '../terminal/command-context.js';
import {
  acquireLock,
  caption,
  type Cell,
  type CellFigures,
  cellsOf,
  configOptions,
  csvTable,
  type Definition,
  differenceCaption,
  differenceTable,
  filesOn,
  formatTable,
  latexTable,
  mainTable,
  mapFigure,
  mappedCells,
  markdownTables,
  readDefinition,
  runCells,
  scaleOf,
  settingsOf,
  type Summary,
  summaryOf,
  sweepFigure,
  UserError,
} from '@mixture-of-personas/pipeline';
import { widthOf } from '../terminal/io.js';

type ExperimentVerb = 'compare' | 'sweep';

/** The verbs that run experiments, with their lines in the help. */
const VERBS: Readonly<Record<ExperimentVerb, string>> = {
  compare: 'Run methods on data sets over several seeds and print their table',
  sweep: 'Run one experiment at several values of any settings, over one store of scores',
};

type Arguments = Readonly<Record<string, unknown>>;

/** A verb that runs every cell of an experiment and prints its table. The cells, tables and figure lie in `--output`. */
export function experimentCommand(name: ExperimentVerb): (context: CommandContext) => CommandModule {
  return (context) => ({
    command: name,
    describe: VERBS[name],
    builder: (yargs: Argv) => yargs.options(configOptions()).options(experimentOptions(name)),
    handler: async (argv: Arguments) => {
      const { io, reporter } = context;
      const file = await definitionOf(argv);
      const scale = scaleOf(file, textOf(argv['scale']));
      const definition = withVaried({ ...file, vary: scale.vary ?? file.vary }, argv);
      const output = textOf(argv['output']) ?? join('runs', slugOf(definition.title));
      const given = Object.fromEntries(settingsOf(argv).map((setting) => [setting.name, setting.value]));
      const only = listOf(argv['only']);
      const cells = cellsOf(definition, { scale, output, given, seeds: seedsOf(argv), only });
      if (argv['dry-run'] === true) {
        const planned = cells.map(({ dataset, method, seed, config }) => ({
          dataset,
          method,
          seed,
          output: config.output,
        }));
        reporter.result({ cells: planned }, planned.map((cell) => cell.output).join('\n'));
        return;
      }
      await mkdir(output, { recursive: true });
      const lock = await acquireLock(join(output, 'experiment.lock'));
      try {
        const figures: CellFigures[] = [];
        for await (const cell of runCells(cells, { output, ...context })) {
          figures.push(cell);
          await writeTables(output, definition, summaryOf(definition, figures));
        }
        if (definition.map) await writeMaps(output, definition, cells);
        const summary = summaryOf(definition, figures);
        reporter.result(summary, resultText(output, summary, widthOf(io.stdout)));
      } finally {
        await lock.release();
      }
    },
  });
}

function experimentOptions(name: ExperimentVerb): Parameters<Argv['options']>[0] {
  const sweep = {
    vary: {
      type: 'string',
      requiresArg: true,
      describe: 'A setting and the values to try: --vary personas.count=20,50,100; several with several --vary',
    },
    mode: {
      choices: ['each', 'grid', 'list'],
      describe:
        'Vary one setting at a time, all with all, or first values together, then second ones … [default: each]',
    },
  } as const;
  return {
    scale: {
      type: 'string',
      requiresArg: true,
      describe: 'Size of the experiment, as its file names them [default: its first]',
    },
    seeds: { type: 'string', requiresArg: true, describe: 'Seeds instead of the experiment’s: --seeds 1,2,3' },
    only: {
      type: 'string',
      requiresArg: true,
      describe: 'Methods or data sets to run, leaving out the others: --only MoP,ZeroGen',
    },
    'dry-run': { type: 'boolean', describe: 'Check every cell’s settings and list the run folders, without running' },
    ...(name === 'sweep' ? sweep : {}),
  };
}

function definitionOf(argv: Arguments): Promise<Definition> {
  return readDefinition(textOf(argv['config']) ?? 'mop.yaml');
}

/** What the command line varies, in place of what the file does. */
function withVaried(definition: Definition, argv: Arguments): Definition {
  const given = [argv['vary']].flat().filter((value) => typeof value === 'string');
  const mode = (textOf(argv['mode']) ?? definition.mode) as Definition['mode'];
  if (given.length === 0) return { ...definition, mode };
  const vary = Object.fromEntries(
    given.map((assignment): [string, (string | number | boolean)[]] => {
      const [key, values] = assignment.split(/=(.*)/s);
      if (key === undefined || values === undefined || values === '')
        throw new UserError('bad-setting', `--vary ${assignment} has no values; write --vary KEY=A,B,C.`);
      return [key.trim(), values.split(',').map((value) => parse(value) as string | number | boolean)];
    }),
  );
  return { ...definition, vary, mode };
}

async function writeTables(output: string, definition: Definition, summary: Summary): Promise<void> {
  const files = filesOn();
  const figure = sweepFigure(definition, summary);
  const written = {
    'results.json': `${JSON.stringify(summary, null, 2)}\n`,
    'table.txt': `${resultText(output, summary, 200)}\n`,
    'table.md': markdownTables(summary),
    'table.csv': csvTable(summary),
    'table.tex': latexTable(summary),
    ...(figure === undefined ? {} : { 'figure.svg': figure }),
  };
  for (const [name, content] of Object.entries(written)) await files.write(join(output, name), content);
}

/** `map-….svg`: a data set's methods side by side, at the first seed. */
async function writeMaps(output: string, { title }: Definition, cells: readonly Cell[]): Promise<void> {
  for (const dataset of new Set(cells.map((cell) => cell.dataset))) {
    const own = cells.filter((cell) => cell.dataset === dataset && cell.seed === cells[0]?.seed);
    const name = `map-${slugOf(dataset === '' ? title : dataset)}.svg`;
    await filesOn().write(join(output, name), mapFigure(await mappedCells(own), title));
  }
}

function resultText(output: string, summary: Summary, width: number): string {
  const differences = differenceTable(summary);
  return [
    `${summary.title} (${output})`,
    formatTable(mainTable(summary), width),
    caption(summary),
    ...(differences === undefined ? [] : [formatTable(differences, width), differenceCaption(summary)]),
  ].join('\n\n');
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

function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
