import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { readDatasetCard, type ClassNames } from './dataset-card.js';

/** Files of one part of a data set, all of one format, in the order of their names, and class names where the folder states them. */
type PartFiles = { readonly files: readonly string[]; readonly classes: ClassNames };

/**
 * Files of a part in a folder laid out as on the Hugging Face Hub: as `configs` in README.md says; else `train.parquet`,
 * `train-00000-of-00002.parquet` or a folder `train`, in the folder itself, in `data` or in the folder of its one configuration.
 * @param ends file endings that are read, the preferred one first
 * @returns undefined when the folder has no such part
 * @throws UserError `missing-shard` naming it; `several-configs`; `arrow-folder`
 */
export async function hubPart(folder: string, split: string, ends: readonly string[]): Promise<PartFiles | undefined> {
  const paths = (await readdir(folder, { recursive: true }))
    .map((path) => path.split('\\').join('/'))
    .filter((path) => !/(?:^|\/)\./.test(path))
    .sort();
  // Texts (*.txt) in a folder below are records of their own, not shards.
  const readable = paths.filter(
    (path) => ends.some((end) => path.endsWith(end)) && !(path.includes('/') && /\.txt(?:\.gz)?$/.test(path)),
  );
  if (readable.length === 0) {
    if (!paths.some((path) => path.endsWith('.arrow'))) return undefined;
    const remedy = 'Write Parquet instead, in Python with dataset["train"].to_parquet("train.parquet").';
    const problem = `${folder} holds Arrow files, as Dataset.save_to_disk writes them.`;
    throw new UserError('arrow-folder', problem, { remedy });
  }
  const card = await readDatasetCard(folder);
  const listed = new Set(card.patternsOf(split)?.flatMap((pattern) => matching(pattern, readable)));
  const files = listed.size > 0 ? [...listed] : filesByName(folder, split, readable);
  if (files === undefined) return undefined;
  const end = ends.find((each) => files.some((file) => file.endsWith(each))) ?? '';
  const chosen = files.filter((file) => file.endsWith(end));
  requireAllShards(folder, chosen);
  return { files: chosen.map((file) => join(folder, file)), classes: card.classesOf(configFolder(chosen[0] ?? '')) };
}

/** Paths that fit a pattern with `*`, `?` and, as a whole folder, `**`. */
export function matching(pattern: string, paths: readonly string[]): string[] {
  const folders = pattern.replace(/^\.\//, '').split('/');
  const nameFits = (wild: string, name: string): boolean =>
    fits([...wild], [...name], '*', (sign, character) => sign === '?' || sign === character);
  return paths.filter((path) => fits(folders, path.split('/'), '**', nameFits));
}

/** Whether items fit a pattern in which `star` stands for any number of them; in time pattern × items, whatever the pattern. */
function fits(
  pattern: readonly string[],
  items: readonly string[],
  star: string,
  same: (sign: string, item: string) => boolean,
): boolean {
  let [at, item, lastStar, from] = [0, 0, -1, 0];
  while (item < items.length) {
    const sign = pattern[at];
    if (sign === star) [lastStar, from, at] = [at, item, at + 1];
    else if (sign !== undefined && same(sign, items[item] ?? '')) [at, item] = [at + 1, item + 1];
    else if (lastStar < 0) return false;
    else [at, from, item] = [lastStar + 1, from + 1, from + 1];
  }
  return pattern.slice(at).every((sign) => sign === star);
}

function filesByName(folder: string, split: string, paths: readonly string[]): string[] | undefined {
  const name = split.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const looks = [
    new RegExp(`(?:^|/)${name}\\.[^/]+$`),
    new RegExp(`(?:^|/)${name}-\\d+-of-\\d+(?:-[0-9a-f]+)?\\.[^/]+$`),
    new RegExp(`(?:^|/)${name}[-_.]\\d+\\.[^/]+$`),
    new RegExp(`(?:^|/)${name}/[^/]+$`),
  ];
  const found = looks.map((look) => paths.filter((path) => look.test(path))).find(({ length }) => length > 0);
  return found && filesOfOneFolder(folder, found);
}

/** The files that lie highest: in the folder itself, in `data`, or in the folder of the only configuration. */
function filesOfOneFolder(folder: string, files: readonly string[]): string[] | undefined {
  const parentOf = (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf('/')));
  const byFolder = new Map(files.map((file) => [parentOf(file), [] as string[]]));
  for (const file of files) byFolder.get(parentOf(file))?.push(file);
  const depth = (path: string): number => (path === '' || path === 'data' ? 0 : path.split('/').length);
  const lowest = Math.min(...[...byFolder.keys()].map(depth));
  const highest = [...byFolder].filter(([path]) => depth(path) === lowest);
  const direct = highest.find(([path]) => path === '') ?? highest[0];
  if (lowest === 0 || highest.length === 1) return direct?.[1];
  const remedy = `Give the folder of one, such as ${join(folder, configFolder(files[0] ?? ''))}.`;
  const names = [...byFolder.keys()].join(', ');
  throw new UserError('several-configs', `${folder} has several configurations: ${names}.`, { remedy });
}

function configFolder(file: string): string {
  return file.slice(0, Math.max(0, file.indexOf('/')));
}

/** All of `-00000-of-00002`, `-00001-of-00002` are there. */
function requireAllShards(folder: string, files: readonly string[]): void {
  const shards = files.flatMap((file) => {
    const found = /-(\d+)-of-(\d+)(?:-[0-9a-f]+)?\.[^/]+$/.exec(file);
    return found === null ? [] : [{ number: Number(found[1]), of: Number(found[2]), file }];
  });
  const [first] = shards;
  if (first === undefined) return;
  const numbers = new Set(shards.map(({ number }) => number));
  const missing = Array.from({ length: first.of }, (_, i) => i).find((i) => !numbers.has(i));
  const fault =
    missing !== undefined
      ? `shard ${missing} of ${first.of}, counted from 0, is missing`
      : shards.length !== first.of
        ? `there are ${shards.length} files for ${first.of} shards`
        : undefined;
  if (fault === undefined) return;
  const remedy = 'Download the data set again; its shards are one set.';
  throw new UserError('missing-shard', `${join(folder, first.file)}: ${fault}.`, { remedy });
}
