import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isMap, isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { aboutPath, UserError } from '../errors.js';
import { decodeUtf8 } from '../data/text/utf8.js';

/** A configuration file as read, with the line of each key. */
export interface ConfigFile {
  readonly path: string;
  readonly content: Record<string, unknown>;
  /** Line (from 1) of a key, or undefined when the file does not have it. */
  lineOf(keys: readonly (string | number)[]): number | undefined;
}

/** A hundred times what a configuration with every setting and its comments has; a megabyte of hostile YAML takes seconds to parse. */
const LONGEST = 2 ** 19;

/**
 * Reads a file of YAML.
 * @param path as in messages, relative to `cwd`
 * @throws UserError when it cannot be read; `bad-config` when it is too long, or with the line when it is not YAML, holds a key twice or is not a map
 */
export async function readConfigFile(path: string, cwd: string = process.cwd()): Promise<ConfigFile> {
  try {
    return parsedFile(path, decodeUtf8(await readFile(resolve(cwd, path)), path));
  } catch (error) {
    throw aboutPath(path, error);
  }
}

function parsedFile(path: string, text: string): ConfigFile {
  if (text.length > LONGEST) {
    const problem = `${path} has ${text.length} characters, and a configuration at most ${LONGEST}.`;
    throw new UserError('bad-config', problem, { remedy: 'Check that it is the file you meant.' });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    throw new UserError('bad-config', `${path} line ${line} is not valid YAML: ${error.message.split('\n', 1)[0]}.`);
  }
  return {
    path,
    content: readContent(path, document),
    lineOf: (keys) => {
      const offset = offsetOf(document, keys);
      return offset === undefined ? undefined : lines.linePos(offset).line;
    },
  };
}

function readContent(path: string, document: Document): Record<string, unknown> {
  if (document.contents === null) return {};
  if (!isMap(document.contents)) {
    const problem = `${path} holds no settings; write sections such as "population:" with keys below.`;
    throw new UserError('bad-config', problem);
  }
  try {
    return document.toJS({ maxAliasCount: 100 }) as Record<string, unknown>;
  } catch (error) {
    const problem = `${path} cannot be read: its aliases multiply beyond any sensible size.`;
    throw new UserError('bad-config', problem, { cause: error });
  }
}

/** Offset of the key itself, not its value: that is the line a person looks for. */
function offsetOf(document: Document, keys: readonly (string | number)[]): number | undefined {
  const last = keys.at(-1);
  const parent = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
  if (last === undefined) return undefined;
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isNode(key) && key.toJSON() === last);
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const node = document.getIn(keys, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
