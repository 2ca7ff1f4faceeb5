import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { parseConfigFile } from '../config/yaml-file.js';
import { decodeUtf8 } from '../data/text/utf8.js';
import { aboutPath, UserError } from '../errors.js';
import { flat, withPathsFrom } from './compose.js';
import { definitionSchema, type Definition, type Scale, type Settings } from './definition.js';

/**
 * An experiment from its file. A `mop.yaml` is one too: an experiment with no methods and nothing varied. Paths in it become relative to the
 * working folder.
 * @throws UserError naming the file and what is wrong in it
 */
export async function readDefinition(path: string, cwd: string = process.cwd()): Promise<Definition> {
  const { content } = parseConfigFile(path, decodeUtf8(await bytesOf(resolve(cwd, path), path), path));
  const isExperiment = ['title', 'methods', 'vary', 'base'].some((key) => content[key] !== undefined);
  const parsed = definitionSchema.safeParse(isExperiment ? content : { title: path, base: content });
  const folder = relative(cwd, dirname(resolve(cwd, path)));
  if (parsed.success) return relocated(parsed.data, folder);
  const issue = parsed.error.issues[0];
  throw new UserError(
    'bad-config',
    `${path} is not an experiment: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`.replace('  ', ' '),
    { remedy: 'See experiments/ for examples; settings belong below base, datasets, methods or a scale.' },
  );
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

function relocated(definition: Definition, folder: string): Definition {
  const moved = (settings: Settings): Settings => withPathsFrom(flat(settings), folder);
  const each = (all: Readonly<Record<string, Settings>>): Record<string, Settings> =>
    Object.fromEntries(Object.entries(all).map(([name, settings]) => [name, moved(settings)]));
  const scales = Object.entries(definition.scales).map(([name, scale]) => {
    const { set, methodSet, datasetSet } = scale;
    return [name, { ...scale, set: moved(set), methodSet: each(methodSet), datasetSet: each(datasetSet) }] as const;
  });
  return {
    ...definition,
    base: moved(definition.base),
    datasets: each(definition.datasets),
    methods: each(definition.methods),
    scales: Object.fromEntries(scales),
  };
}

async function bytesOf(file: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw aboutPath(path, error);
  }
}
