import { BaselineError } from '../errors.js';

/** One thing that texts differ in, and what it can be. */
export interface Attribute {
  /** Name in prompts, such as `style`; `length` is a number of words. */
  readonly name: string;
  /** Values for every class, or each class's own. */
  readonly values: readonly string[] | Readonly<Record<string, readonly string[]>>;
}

/** A file of attribute values: its path inside the folder, with `/`, and what it holds. */
export interface AttributeFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Attributes from files as AttrPrompt (arXiv 2306.15895) releases them: a folder an attribute, in it a file of the same name (`style/style.txt`) or
 * one per class (`subtopics/world.jsonl`), a value per line. Both upstream layouts are read: the released folders, and those that its
 * program looks for (`subtopics_filter`, below folders of any name), which stand before unfiltered ones. Numbers, dashes and quotes around a
 * value are taken off, and the names of classes match whatever their case and punctuation (`sci_tech` is Sci/Tech).
 * @param files of one data set
 * @param labels classes that a per-class attribute must have values for
 * @throws BaselineError when there is no attribute, or one lacks a class
 */
export function attributesFromFiles(files: readonly AttributeFile[], labels: readonly string[]): Attribute[] {
  const folders = new Map<string, Map<string, readonly string[]>>();
  for (const { path, text } of files) {
    const match = /(?:^|\/)([^/]+)\/([^/]+)\.(?:txt|jsonl)$/.exec(path);
    const [, folder, file] = match ?? [];
    const values = valuesOf(text);
    if (folder === undefined || file === undefined || values.length === 0) continue;
    const of = folders.get(folder) ?? new Map<string, readonly string[]>();
    folders.set(folder, of.set(file, values));
  }
  const attributes = [...folders].flatMap(([folder, of]) => {
    const name = folder.replace(/_filter$/, '');
    if (folder === name && folders.has(`${folder}_filter`)) return [];
    const shared = of.get(folder) ?? of.get(name);
    return [{ name, values: shared ?? perClass(name, of, labels) }];
  });
  if (attributes.length > 0) return attributes.sort((a, b) => (a.name < b.name ? -1 : 1));
  throw new BaselineError(
    'There are no attribute values in these files. Give folders such as style/style.txt or subtopics/sports.jsonl with a value on each line.',
  );
}

/** The values of an attribute for a class. @throws BaselineError when the class has none */
export function valuesFor({ name, values }: Attribute, label: string | undefined): readonly string[] {
  const found = isList(values) ? values : label === undefined ? undefined : values[label];
  if (found !== undefined && found.length > 0) return found;
  throw new BaselineError(
    `Attribute ${name} has no values for ${label ?? 'a text without class'}. Give values for every class.`,
  );
}

/** The demand of a prompt for one value. The lengths are those of AttrPrompt: from the number up to fifty words more. */
export function requirementOf(name: string, value: string): string {
  if (name === 'length' && /^\d+$/.test(value)) return `It has ${value} to ${Number(value) + 50} words.`;
  const noun = name.replace(/_/g, ' ').replace(/(?<=[^s])s$/, '');
  return `Its ${noun}: ${value.replace(/\.$/, '')}.`;
}

/** The lines of a list without what marks them as one: `3. "x"`, `- x`, `"x",`. */
export function valuesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) =>
    line
      .trim()
      .replace(/^(?:\d+\s*[.):]\s+|[-*•]\s+)/, '')
      .replace(/,$/, '')
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
  return [...new Set(lines.filter((line) => line !== ''))];
}

function perClass(
  name: string,
  of: ReadonlyMap<string, readonly string[]>,
  labels: readonly string[],
): Record<string, readonly string[]> {
  const byKey = new Map([...of].map(([file, values]) => [keyOf(file), values]));
  return Object.fromEntries(
    labels.map((label) => {
      const values = byKey.get(keyOf(label));
      if (values !== undefined) return [label, values];
      const known = [...of.keys()].join(', ');
      throw new BaselineError(`Attribute ${name} has files for ${known}, but none for the class ${label}. Add it.`);
    }),
  );
}

function keyOf(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function isList(values: Attribute['values']): values is readonly string[] {
  return Array.isArray(values);
}
