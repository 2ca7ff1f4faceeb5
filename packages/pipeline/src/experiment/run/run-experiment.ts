import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { UserError } from '../../errors.js';
import { filesOn } from '../../run-folder/files.js';
import { acquireLock } from '../../run-folder/lock.js';
import { formatTable } from '../../tables/table.js';
import { cellsOf, type Cell, type CellChoice } from '../cells.js';
import type { Definition, Vary } from '../definition.js';
import { latexTable } from '../latex-table.js';
import { readDefinition, scaleOf } from '../read-definition.js';
import { runCells, type CellsOptions } from '../run-cells.js';
import { summaryOf, type CellResult, type Summary } from '../summary.js';
import { caption, csvTable, differenceCaption, differenceTable, mainTable, markdownTables } from '../tables.js';

/** Part of an experiment to run, and its differences from the file. */
export interface ExperimentChoice extends Partial<Pick<CellChoice, 'given' | 'seeds' | 'only'>> {
  /** The scale's name. @defaultValue the file's first */
  readonly scale?: string | undefined;
  /** Settings with the values to try, as `KEY=A,B,C`, in place of the file's. */
  readonly vary?: readonly string[];
  readonly mode?: Definition['mode'] | undefined;
  /** Folder of cells and tables. @defaultValue `runs/` and the title */
  readonly output?: string | undefined;
}

/** An experiment whose cells are known. */
export interface Experiment {
  readonly definition: Definition;
  readonly output: string;
  readonly cells: readonly Cell[];
}

/**
 * Reads an experiment file, or a `mop.yaml` as one, and checks the settings of every cell.
 * @throws UserError when the file, a name or a setting cannot be used
 */
export async function planExperiment(path: string, choice: ExperimentChoice): Promise<Experiment> {
  const { given = {}, seeds, only, vary = [], mode } = choice;
  const file = await readDefinition(path);
  const scale = scaleOf(file, choice.scale);
  const varied = vary.length > 0 ? varyOf(vary) : (scale.vary ?? file.vary);
  const paper = scale.paperFigures === false ? {} : file.paper;
  const definition = { ...file, paper, vary: varied, mode: mode ?? file.mode };
  const output = choice.output ?? join('runs', slugOf(definition.title));
  return { definition, output, cells: cellsOf(definition, { scale, output, given, seeds, only }) };
}

/**
 * Runs every cell, and writes the tables after each: `results.json`, `table.txt`, `.md`, `.csv`, `.tex`, figures. Finished cells are read back.
 * A cell that fails is told of in its place.
 * @throws `interrupted`, a failure of the disk; UserError `locked` when another process runs the experiment
 */
export async function runExperiment(experiment: Experiment, options: Omit<CellsOptions, 'output'>): Promise<Summary> {
  const { definition, output, cells } = experiment;
  await mkdir(output, { recursive: true });
  const lock = await acquireLock(join(output, 'experiment.lock'));
  try {
    const results: CellResult[] = [];
    for await (const result of runCells(cells, { output, ...options })) {
      results.push(result);
      await writeTables(output, definition, summaryOf(definition, results));
    }
    const finished = cells.filter((_, i) => 'figures' in (results[i] ?? {}));
    if (definition.map) await writeMaps({ ...experiment, cells: finished });
    return summaryOf(definition, results);
  } finally {
    await lock.release();
  }
}

/** An experiment's tables for people, no wider than `width`. */
export function experimentText(output: string, summary: Summary, width: number): string {
  const differences = differenceTable(summary);
  return [
    `${summary.title} (${output})`,
    formatTable(mainTable(summary), width),
    caption(summary),
    ...(differences === undefined ? [] : [formatTable(differences, width), differenceCaption(summary)]),
  ].join('\n\n');
}

function varyOf(assignments: readonly string[]): Vary {
  return Object.fromEntries(
    assignments.map((assignment): [string, (string | number | boolean)[]] => {
      const [key, values] = assignment.split(/=(.*)/s);
      if (key === undefined || values === undefined || values === '')
        throw new UserError('bad-setting', `--vary ${assignment} has no values; write --vary KEY=A,B,C.`);
      return [key.trim(), values.split(',').map(scalarOf)];
    }),
  );
}

function scalarOf(text: string): string | number | boolean {
  const value: unknown = parse(text);
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

async function writeTables(output: string, definition: Definition, summary: Summary): Promise<void> {
  // The plot library takes half a second to load, which a plan need not spend.
  const { sweepFigure } = await import('../figures/line-figure.js');
  const figure = sweepFigure(definition, summary);
  const written = {
    'results.json': `${JSON.stringify(summary, null, 2)}\n`,
    'table.txt': `${experimentText(output, summary, 200)}\n`,
    'table.md': markdownTables(summary),
    'table.csv': csvTable(summary),
    'table.tex': latexTable(summary),
    ...(figure === undefined ? {} : { 'figure.svg': figure }),
  };
  for (const [name, content] of Object.entries(written)) await filesOn().write(join(output, name), content);
}

/** `map-….svg`: a data set's methods side by side, at the first seed. */
async function writeMaps({ definition: { title }, output, cells }: Experiment): Promise<void> {
  const { mapFigure, mappedCells } = await import('../figures/map-figure.js');
  for (const dataset of new Set(cells.map((cell) => cell.dataset))) {
    const own = cells.filter((cell) => cell.dataset === dataset && cell.seed === cells[0]?.seed);
    const name = `map-${slugOf(dataset === '' ? title : dataset)}.svg`;
    await filesOn().write(join(output, name), mapFigure(await mappedCells(own), title));
  }
}

function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
