import {
  parseTemplate,
  personasFromFile,
  personasFromRows,
  templateFor,
  type Persona,
  type PromptTemplate,
} from '@mixture-of-personas/synthesis';
import { asyncBufferFromFile } from 'hyparquet';
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { MopConfig } from '../config/schema.js';
import { openParquet } from '../data/parquet/parquet.js';
import type { RawRow } from '../data/text/raw-row.js';
import { decodeUtf8 } from '../data/text/utf8.js';
import { aboutPath, UserError } from '../errors.js';

/**
 * The prompts of a run: those of `templates.file`, else the set named by `templates.name`.
 * @throws UserError when the file cannot be read or is not JSON, or a role is missing; PromptError naming role and placeholder when it is no template
 */
export async function loadTemplate({ templates, simulate }: MopConfig): Promise<PromptTemplate> {
  const { file, name } = templates;
  const template = file === undefined ? templateFor(name) : parseTemplate(parseJson(await readText(file), file), file);
  if (simulate.mix > 1 && template.roles.mixPersonas === undefined) {
    const problem = `simulate.mix is ${simulate.mix}, but the template ${template.name} has no role mixPersonas.`;
    throw new UserError('bad-setting', problem, {
      remedy: 'Name a template of sentences in templates.name, or add the role.',
    });
  }
  return simulate.cleaning === 'ascii' ? { ...template, output: { ...template.output, asciiOnly: true } } : template;
}

/** A text file as UTF-8. @throws UserError naming path and reason */
export async function readText(path: string): Promise<string> {
  try {
    return decodeUtf8(await readFile(path), path);
  } catch (error) {
    throw aboutPath(path, error);
  }
}

/**
 * The personas of a file: `.parquet`, `.jsonl` or `.csv` with a column `persona` and perhaps `id`; any other file has one persona a line.
 * @throws UserError naming path and reason, PersonaError naming the row
 */
export async function readPersonas(path: string): Promise<Persona[]> {
  const extension = extname(path).toLowerCase();
  if (extension !== '.parquet')
    return personasFromFile(
      await readText(path),
      extension === '.jsonl' ? 'jsonl' : extension === '.csv' ? 'csv' : 'txt',
    );
  try {
    const { rows } = await openParquet(await asyncBufferFromFile(path), basename(path), ['persona', 'id']);
    const fields: RawRow['fields'][] = [];
    for await (const row of rows) fields.push(row.fields);
    return personasFromRows(fields);
  } catch (error) {
    throw aboutPath(path, error);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError('bad-template', `${path} is not JSON.`, { remedy: 'A template is one JSON object.' });
  }
}
