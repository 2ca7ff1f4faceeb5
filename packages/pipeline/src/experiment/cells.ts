import { join } from 'node:path';
import type { MopConfig } from '../config/schema.js';
import { UserError } from '../errors.js';
import { composed } from './compose.js';
import type { Definition, Scale, Settings } from './definition.js';

/** One run of an experiment. */
export interface Cell {
  readonly dataset: string;
  readonly method: string;
  /** Values that a sweep gave the cell, as in its method's name; empty outside of sweeps. */
  readonly point: string;
  readonly seed: number;
  /** Complete; its `output` is the cell's own folder. */
  readonly config: MopConfig;
  /** Methods of the same data set and seed whose runs the settings name. */
  readonly startsFrom: readonly string[];
}

/** Choice of the command line. */
export interface CellChoice {
  readonly scale: Scale;
  /** Folder that the cells lie in. */
  readonly output: string;
  /** Settings that win over all others, by dotted name. */
  readonly given: Settings;
  readonly seeds?: readonly number[] | undefined;
  /** Methods or data sets to leave all others out for. */
  readonly only?: readonly string[] | undefined;
}

/**
 * All runs of an experiment in the order they are made: a data set's seeds one after the other, in each the methods as the file lists
 * them, so that a method may start from an earlier one of its data set and seed (`gate.from: '{MoP}'`).
 * @throws UserError when a name is unknown, a setting is out of range or there is nothing to run
 */
export function cellsOf(definition: Definition, choice: CellChoice): Cell[] {
  const { scale, seeds = scale.seeds ?? definition.seeds, only } = choice;
  const rows = rowsOf(definition, scale);
  const datasets = chosen(Object.keys(definition.datasets), scale.datasets, 'data set');
  const names = [...rows.map(({ name }) => name), ...datasets];
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UserError('bad-setting', `There is no method or data set ${unknown}.`, {
      remedy: `There are ${names.filter((name) => name !== '').join(', ')}.`,
    });
  const wanted = (kind: readonly string[]): readonly string[] => {
    const kept = kind.filter((name) => only?.includes(name) ?? true);
    return kept.length === 0 ? kind : kept;
  };
  const kept = wanted(rows.map(({ name }) => name));
  return wanted(datasets).flatMap((dataset) =>
    seeds.flatMap((seed, part) =>
      rows
        .filter(({ name }) => kept.includes(name))
        .map((row) => cellOf(definition, choice, { dataset, seed, row, ...(seeds.length > 1 ? { part } : {}) })),
    ),
  );
}

function cellOf(
  definition: Definition,
  { scale, output, given }: CellChoice,
  {
    dataset,
    seed,
    row,
    part,
  }: { dataset: string; seed: number; row: ReturnType<typeof rowsOf>[number]; part?: number },
): Cell {
  const named = (method: string): string[] => [dataset, method].filter((name) => name !== '');
  const folderOf = (method: string): string => join(output, ...named(method).map(slug), `seed-${seed}`);
  const layers = [
    { 'evaluate.baselines': [], 'evaluate.heldOut': 0 },
    definition.metrics === undefined ? {} : { 'evaluate.metrics': definition.metrics },
    part === undefined ? {} : { 'golden.part': part },
    definition.base,
    scale.set,
    definition.datasets[dataset] ?? {},
    scale.datasetSet[dataset] ?? {},
    row.settings,
    scale.methodSet[row.name] ?? {},
    given,
    { seed, output: folderOf(row.name) },
  ];
  const known = rowsOf(definition, scale).map(({ name }) => name);
  const filled = layers.map((layer) => withFolders(layer, { known, folderOf, of: row.name }));
  const startsFrom = new Set(layers.flatMap((layer) => Object.values(layer).flatMap((value) => namedRun(value) ?? [])));
  const config = composed(filled, named(row.name).join(', ') || definition.title);
  return { dataset, method: row.name, point: row.point, seed, config, startsFrom: [...startsFrom] };
}

/** `{MoP}` at the start of a value becomes the folder of that method's cell. */
function withFolders(
  layer: Settings,
  { known, folderOf, of }: { known: readonly string[]; folderOf: (method: string) => string; of: string },
): Record<string, unknown> {
  const entries = Object.entries(layer).map(([name, value]): [string, unknown] => {
    const method = namedRun(value);
    if (method === undefined) return [name, value];
    if (!known.slice(0, known.indexOf(of)).includes(method))
      throw new UserError('bad-setting', `${of}: ${name} names the run of ${method}, which is not made before it.`, {
        remedy: 'List that method first.',
      });
    return [name, `${folderOf(method)}${String(value).slice(method.length + 2)}`];
  });
  return Object.fromEntries(entries);
}

/** The method whose run a value such as `{MoP}/personas.jsonl` names. */
function namedRun(value: unknown): string | undefined {
  return typeof value === 'string' ? /^\{([^}]+)\}/.exec(value)?.[1] : undefined;
}

/** Rows of the table: methods, or methods with the values that a sweep gave them. */
function rowsOf({ methods, vary, mode }: Definition, scale: Scale) {
  const base = chosen(Object.keys(methods), scale.methods, 'method');
  const points = pointsOf(vary, mode);
  return base.flatMap((name) =>
    points.map((point) => {
      const varied = Object.entries(point).map(([key, value]) => `${key}=${String(value)}`);
      return {
        name: [name, ...varied].filter((part) => part !== '').join(' '),
        point: varied.join(' '),
        settings: { ...methods[name], ...point },
      };
    }),
  );
}

/** The combinations of a sweep: one key at a time, all with all, or the first values together, the second ones, … */
export function pointsOf(vary: Definition['vary'], mode: Definition['mode']): Record<string, unknown>[] {
  const axes = Object.entries(vary);
  if (axes.length === 0) return [{}];
  switch (mode) {
    case 'each':
      return axes.flatMap(([key, values]) => values.map((value) => ({ [key]: value })));
    case 'grid':
      return axes.reduce<Record<string, unknown>[]>(
        (points, [key, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [key]: value }))),
        [{}],
      );
    case 'list': {
      const lengths = new Set(axes.map(([, values]) => values.length));
      const [count = 0] = lengths;
      if (lengths.size > 1)
        throw new UserError('bad-setting', 'A list needs as many values for every key that varies.', {
          remedy: 'Give lists of one length, or --mode grid.',
        });
      return Array.from({ length: count }, (_, i) => Object.fromEntries(axes.map(([key, values]) => [key, values[i]])));
    }
  }
}

function chosen(names: readonly string[], of: readonly string[] | undefined, what: string): readonly string[] {
  const unknown = of?.find((name) => !names.includes(name));
  if (unknown === undefined) return names.filter((name) => of?.includes(name) ?? true);
  throw new UserError('bad-config', `The scale names the ${what} ${unknown}, which the experiment does not have.`, {
    remedy: `It has ${names.join(', ')}.`,
  });
}

function slug(name: string): string {
  return name.replace(/[^\p{L}\p{N}=.+-]+/gu, '-').replace(/^-+|-+$/g, '');
}
