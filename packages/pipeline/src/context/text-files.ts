import { parseTemplate, templateFor, type PersonaFormat, type PromptTemplate } from '@mixture-of-personas/synthesis';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { MopConfig } from '../config/schema.js';
import { decodeUtf8 } from '../data/text/utf8.js';
import { aboutPath, UserError } from '../errors.js';

/**
 * The prompts of a run: those of `templates.file`, else the set named by `templates.name`.
 * @throws UserError when the file cannot be read or is not JSON; PromptError naming role and placeholder when it is no template
 */
export async function loadTemplate({ templates, simulate }: MopConfig): Promise<PromptTemplate> {
  const { file, name } = templates;
  const template = file === undefined ? templateFor(name) : parseTemplate(parseJson(await readText(file), file), file);
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

/** The form of a file of personas, by its name. */
export function personaFormatOf(path: string): PersonaFormat {
  const extension = extname(path).toLowerCase();
  return extension === '.jsonl' ? 'jsonl' : extension === '.csv' ? 'csv' : 'txt';
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError('bad-template', `${path} is not JSON.`, { remedy: 'A template is one JSON object.' });
  }
}
