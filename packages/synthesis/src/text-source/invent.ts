import { wordFor } from '../prompts/render.js';
import { valuesOf, type Attribute } from './attributes.js';
import { BaselineError } from '../errors.js';
import type { SourceContext } from './source.js';

/** Input of invented lists. */
export type InventInput = Pick<SourceContext, 'model' | 'template'>;

/** Settings of invented lists. */
export interface InventOptions {
  readonly seed: number;
  /** Values asked for in a list, ≥ 2. @defaultValue 10 */
  readonly values?: number | undefined;
  /** Sampling temperature. @defaultValue 0.7 */
  readonly temperature?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Draws of a list before it is given up. */
const ATTEMPTS = 4;

/** Words of a value at most: longer lines are sentences around the list. */
const LONGEST = 16;

/**
 * Attributes made by the language model itself, AttrPrompt's way for a new data set: for every attribute a list of values; those named in
 * `perClass` once for each class.
 * @param input model and template
 * @param wanted `names`: attributes with values for all classes, such as `style`; `perClass`: those with values of each class's own, such as
 *   `subtopic`; `labels`: the classes
 * @param options seed and sizes
 * @throws BaselineError when the model gives fewer than two usable values in four draws
 */
export async function inventAttributes(
  input: InventInput,
  wanted: Readonly<Record<'names' | 'perClass' | 'labels', readonly string[]>>,
  options: InventOptions,
): Promise<Attribute[]> {
  const { names, perClass, labels } = wanted;
  const attributes: Attribute[] = [];
  let row = 0;
  for (const name of names)
    attributes.push({ name, values: await inventList(input, { what: name, row: row++ }, options) });
  for (const name of perClass) {
    const values: Record<string, string[]> = {};
    for (const label of labels) {
      const what = `${name} of the class ${wordFor(input.template, label)}`;
      values[label] = await inventList(input, { what, row: row++ }, options);
    }
    attributes.push({ name, values });
  }
  return attributes;
}

/**
 * Subjects of texts (titles, names), made by the language model: ZeroGen's first step. Asked for in several lists until there
 * are enough or four lists in a row bring nothing new.
 * @throws BaselineError when there is not one
 */
export async function inventContexts(
  input: InventInput,
  { what, count }: { readonly what: string; readonly count: number },
  options: InventOptions,
): Promise<string[]> {
  const found = new Set<string>();
  for (let row = 0, barren = 0; found.size < count && barren < ATTEMPTS; row++) {
    const before = found.size;
    for (const value of await askList(input, { what, row }, options)) found.add(value);
    barren = found.size > before ? 0 : barren + 1;
  }
  if (found.size > 0) return [...found].slice(0, count);
  throw new BaselineError(`The language model names no ${what}. Give contexts with the records instead.`);
}

async function inventList(
  input: InventInput,
  { what, row }: { what: string; row: number },
  options: InventOptions,
): Promise<string[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const values = await askList(input, { what, row: row * ATTEMPTS + attempt }, options);
    if (values.length >= 2) return values;
  }
  throw new BaselineError(
    `The language model gives no list of values for ${what}. Give the attributes in files instead.`,
  );
}

async function askList(
  { model, template }: InventInput,
  { what, row }: { what: string; row: number },
  { seed, values = 10, temperature = 0.7, signal }: InventOptions,
): Promise<string[]> {
  const kind = template.description.replace(/\.$/, '');
  const content = `Texts of this kind are planned: ${kind}. List ${values} different values for their ${what}, numbered, one a line, without explanations.`;
  const request = {
    prompt: { messages: [{ role: 'user' as const, content }] },
    temperature,
    seed,
    row,
    maxTokens: values * LONGEST,
  };
  let text = '';
  for await (const made of model.generate([request], { signal })) text = made.text;
  const listed = text.split(/\r?\n/).filter((line) => /^\s*(?:\d+\s*[.):]|[-*•])\s/.test(line));
  return valuesOf(listed.join('\n'))
    .filter((value) => value.split(/\s+/).length <= LONGEST)
    .slice(0, values);
}
