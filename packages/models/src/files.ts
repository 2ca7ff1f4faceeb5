import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { ModelError, reasonOf } from './errors.js';

/** A JSON object as it was read; values are checked where they are used. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a JSON file.
 * @throws ModelError `no-config` when it is not valid JSON
 */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    const remedy = "Copy the model's files again.";
    throw new ModelError('no-config', `${path} is not valid JSON (${reasonOf(cause)}).`, { cause, remedy });
  }
}

/**
 * Reads a JSON object.
 * @throws ModelError `no-config` when the file holds anything else
 */
export async function readJsonObject(path: string): Promise<JsonObject> {
  const value = await readJson(path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new ModelError('no-config', `${path} is not a JSON object.`, { remedy: "Copy the model's files again." });
}

/** A file of a model: the name it has in its repository, and its path here. */
export interface NamedFile {
  readonly name: string;
  readonly path: string;
}

/** SHA-256, hex, of the names, sizes and contents of files, in the order of their names. */
export async function hashFiles(files: readonly NamedFile[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, path } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${name}\0${(await stat(path)).size}\0`);
    for await (const block of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>)
      hash.update(block);
  }
  return hash.digest('hex');
}
