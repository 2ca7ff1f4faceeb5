import { dirname, join, relative, resolve } from 'node:path';
import type { ZodType } from 'zod';
import { emptyAsDefault } from '../config/load.js';
import { readConfigFile } from '../config/yaml-file.js';
import { UserError } from '../errors.js';
import { flat, withPathsFrom } from './compose.js';
import {
  definitionSchema,
  sharedSchema,
  type Definition,
  type Scale,
  type Settings,
  type SharedParts,
} from './definition.js';

/**
 * An experiment from its file. A `mop.yaml` is one too: an experiment with no methods and nothing varied. Paths in it become relative to the
 * working folder.
 * @throws UserError naming the file and what is wrong in it
 */
export async function readDefinition(path: string, cwd: string = process.cwd()): Promise<Definition> {
  const content = await contentOf(path, cwd);
  const definition = parsed(definitionSchema, path, isExperiment(content) ? content : { title: path, base: content });
  const own = relocated(definition, folderOf(path, cwd));
  if (own.extends === undefined) return own;
  const below = join(dirname(path), own.extends);
  const shared = relocated(parsed(sharedSchema, below, await contentOf(below, cwd)), folderOf(below, cwd));
  return { ...own, scales: over(shared.scales, own.scales, scaleOver), datasets: over(shared.datasets, own.datasets) };
}

/** Whether a file is an experiment, and no settings of a single run. @throws UserError when it cannot be read */
export async function isExperimentFile(path: string, cwd: string = process.cwd()): Promise<boolean> {
  return isExperiment(await contentOf(path, cwd));
}

function isExperiment(content: Readonly<Record<string, unknown>>): boolean {
  return ['title', 'methods', 'vary', 'base'].some((key) => content[key] !== undefined);
}

async function contentOf(path: string, cwd: string): Promise<Record<string, unknown>> {
  return emptyAsDefault((await readConfigFile(path, cwd)).content);
}

function parsed<T>(schema: ZodType<T>, path: string, content: unknown): T {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new UserError(
    'bad-config',
    `${path} is not an experiment: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`.replace('  ', ' '),
    { remedy: 'See experiments/ for examples; settings belong below base, datasets, methods or a scale.' },
  );
}

type Named<T> = Readonly<Record<string, T>>;

/** The parts that an experiment names, each over the shared one of its name. */
function over<T extends object>(
  shared: Named<T>,
  own: Named<T>,
  merge = (below: T, above: T): T => ({ ...below, ...above }),
): Record<string, T> {
  return mapped(own, (above, name) => {
    const below = shared[name];
    return below === undefined ? above : merge(below, above);
  });
}

function mapped<T, Other>(all: Named<T>, to: (one: T, name: string) => Other): Record<string, Other> {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, to(one, name)]));
}

function scaleOver(below: Scale, above: Scale): Scale {
  const both = (shared: Named<Settings>, own: Named<Settings>) => ({ ...shared, ...over(shared, own) });
  return {
    ...below,
    ...above,
    set: { ...below.set, ...above.set },
    methodSet: both(below.methodSet, above.methodSet),
    datasetSet: both(below.datasetSet, above.datasetSet),
  };
}

/** The scale of that name, or an empty one where the experiment has none. @throws UserError naming the known ones */
export function scaleOf({ scales, title }: Definition, name: string | undefined): Scale {
  const known = Object.keys(scales);
  const chosen = name ?? known[0];
  if (chosen === undefined) return { set: {}, methodSet: {}, datasetSet: {} };
  const found = scales[chosen];
  if (found !== undefined) return found;
  throw new UserError('bad-setting', `${title} has no scale ${chosen}.`, {
    remedy: known.length === 0 ? 'Leave out --scale.' : `It has ${known.join(', ')}.`,
  });
}

function folderOf(path: string, cwd: string): string {
  return relative(cwd, dirname(resolve(cwd, path)));
}

type Parts = SharedParts & Partial<Pick<Definition, 'base' | 'methods'>>;

/** The parts of a file with paths relative to the working folder. */
function relocated<T extends Parts>(parts: T, folder: string): T {
  const moved = (settings: Settings): Settings => withPathsFrom(flat(settings), folder);
  const each = (all: Named<Settings>): Named<Settings> => mapped(all, moved);
  const { base, methods } = parts;
  return {
    ...parts,
    ...(base === undefined ? {} : { base: moved(base) }),
    ...(methods === undefined ? {} : { methods: each(methods) }),
    datasets: each(parts.datasets),
    scales: mapped(parts.scales, (scale) => {
      const { set, methodSet, datasetSet } = scale;
      return { ...scale, set: moved(set), methodSet: each(methodSet), datasetSet: each(datasetSet) };
    }),
  };
}
