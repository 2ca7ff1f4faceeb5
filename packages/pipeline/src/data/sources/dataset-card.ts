import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import type { RawRow } from '../text/raw-row.js';

/** Class names by column. */
export type ClassNames = ReadonlyMap<string, readonly string[]>;

/** Description of a data set in its folder, from README.md and dataset_info.json. */
export interface DatasetCard {
  /**
   * Patterns of a part's files in the default or only configuration; undefined where it has none.
   * @throws UserError `several-configs` where none is the default
   */
  readonly patternsOf: (split: string) => readonly string[] | undefined;
  /** Class names of a configuration; of the default or only one where there is none of that name. */
  readonly classesOf: (config: string) => ClassNames;
}

const classNames = z.union([z.array(z.string()), z.record(z.string(), z.coerce.string())]).transform((names) => {
  const entries = Object.entries(names).sort(([one], [other]) => Number(one) - Number(other));
  return entries.map(([, name]) => name);
});
const patterns = z.union([z.string(), z.array(z.string())]).transform((path) => [path].flat());
const dataFiles = z.union([
  patterns.transform((paths) => [{ split: 'train', path: paths }]),
  z.array(z.object({ split: z.string(), path: patterns })),
]);
const config = z.object({ config_name: z.string(), default: z.boolean().optional(), data_files: dataFiles.optional() });
/** A feature in README.md, which lists them under a name. */
const listed = z.object({ name: z.string(), dtype: z.object({ class_label: z.object({ names: classNames }) }) });
/** A feature in dataset_info.json and in a Parquet file's metadata, which name them. */
const named = z.object({ _type: z.literal('ClassLabel'), names: classNames });
const info = z.object({
  config_name: z.string().optional(),
  features: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]),
});
const frontMatter = z.object({
  configs: z.array(config).optional().catch(undefined),
  dataset_info: z.unknown(),
});

/** Reads README.md, dataset_info.json and dataset_infos.json of a folder, or of the one above where this one is `data`; none need be there. */
export async function readDatasetCard(folder: string): Promise<DatasetCard> {
  const home = basename(folder) === 'data' ? dirname(folder) : folder;
  const matter = frontMatter.safeParse(await frontMatterOf(join(home, 'README.md')));
  const single = await jsonOf(join(home, 'dataset_info.json'));
  const several = z.record(z.string(), z.unknown()).safeParse(await jsonOf(join(home, 'dataset_infos.json')));
  const listedInfos = z.array(z.unknown()).safeParse(matter.data?.dataset_info);
  const infos = [
    ...[...(listedInfos.data ?? [matter.data?.dataset_info]), single].flatMap((each) => infoOf(each)),
    ...Object.entries(several.data ?? {}).flatMap(([name, each]) => infoOf(each, name)),
  ];
  const configs = home === folder ? (matter.data?.configs ?? []) : [];
  return {
    patternsOf: (split) => defaultConfig(configs)?.data_files?.findLast((part) => part.split === split)?.path,
    classesOf: (name) => {
      const own = infos.find((each) => each.config_name === name);
      const standard = infos.find(({ config_name = 'default' }) => config_name === 'default');
      return classesIn((own ?? standard ?? infos[0])?.features);
    },
  };
}

type CardConfig = z.infer<typeof config>;

function defaultConfig(configs: readonly CardConfig[]): CardConfig | undefined {
  const isDefault = (each: CardConfig): boolean => each.default === true || each.config_name === 'default';
  const found = configs.length === 1 ? configs[0] : configs.find(isDefault);
  if (found !== undefined || configs.length === 0) return found;
  const names = configs.map((each) => each.config_name).join(', ');
  const remedy = 'Give the path of the files of one, such as FOLDER/NAME/train-*.parquet.';
  throw new UserError('several-configs', `The data set has several: ${names}.`, { remedy });
}

/** Class names in a Parquet file's own metadata, under the key `huggingface`. */
export function classesInNote(note: string | undefined): ClassNames {
  if (note === undefined) return new Map();
  const parsed = z.object({ info }).safeParse(jsonFrom(note));
  return classesIn(parsed.data?.info.features);
}

/**
 * A row with its class numbers as names; −1, which stands for no class, is no value.
 * @throws UserError `bad-label` when a number has no name
 */
export function withClassNames(row: RawRow, classes: ClassNames, name: string): RawRow {
  if (classes.size === 0) return row;
  const fields = { ...row.fields };
  for (const [column, names] of classes) {
    const value = Object.hasOwn(fields, column) ? fields[column] : undefined;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') continue;
    const written = String(value);
    if (!/^-?\d+$/.test(written) || (typeof value === 'string' && names.includes(value))) continue;
    const index = Number(written);
    if (index >= names.length || index < -1) {
      const known = `${names.length} classes: ${names.slice(0, 10).join(', ')}`;
      throw new UserError('bad-label', `${name} ${row.where}: ${column} is ${written}, and the data set has ${known}.`);
    }
    fields[column] = names[index];
  }
  return { ...row, fields };
}

function infoOf(value: unknown, name?: string): z.infer<typeof info>[] {
  const { data } = info.safeParse(value);
  return data === undefined ? [] : [name === undefined ? data : { ...data, config_name: name }];
}

function classesIn(features: z.infer<typeof info>['features'] | undefined): ClassNames {
  const found = Object.entries(features ?? {}).flatMap(([column, feature]): [string, readonly string[]][] => {
    const { data } = z.union([listed, named]).safeParse(feature);
    if (data === undefined) return [];
    return ['name' in data ? [data.name, data.dtype.class_label.names] : [column, data.names]];
  });
  return new Map(found);
}

async function frontMatterOf(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const yaml = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1];
  return orNothing(() => parse(yaml ?? '')) ?? {};
}

const jsonOf = async (path: string): Promise<unknown> => jsonFrom(await readFile(path, 'utf8').catch(() => 'null'));

function jsonFrom(text: string): unknown {
  return orNothing(() => JSON.parse(text));
}

function orNothing(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}
