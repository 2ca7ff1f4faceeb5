import { existsSync } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ModelError } from '../model/errors.js';
import { fingerprintOf, type ModelFile } from '../model/model-description.js';
import { contextIn, endTokensIn, hashFiles, readConfigFile, SETTINGS_FILES as FILES } from '../files/model-folder.js';
import type { TemplateSettings } from './chat-template.js';
import { openTokenizer, type Tokenizer } from './tokenizer.js';

/** The tokenizer of a model that is served elsewhere. */
export interface LocalTokenizer {
  readonly tokenizer: Tokenizer;
  /** Folder of its files. */
  readonly path: string;
  readonly files: readonly ModelFile[];
  /** SHA-256, hex, of its files and of how it renders prompts. */
  readonly hash: string;
  /** Tokens that the model takes, by its config; undefined when that does not say. */
  readonly contextTokens: number | undefined;
}

/** Where hub files are kept and how they are fetched. */
export interface TokenizerSource {
  readonly cacheFolder: string;
  readonly download: boolean;
  readonly fetch: typeof globalThis.fetch;
}

/**
 * Opens a tokenizer without its model's weights: from a folder, or from the hub, whose few small files are then kept.
 * @throws ModelError `no-tokenizer` when there is none
 */
export async function openLocalTokenizer(
  name: string,
  source: TokenizerSource,
  settings: TemplateSettings = {},
): Promise<LocalTokenizer> {
  const path = existsSync(name) ? name : await fromHub(name, source);
  if (!existsSync(join(path, FILES[0] ?? ''))) {
    throw new ModelError(
      'no-tokenizer',
      `The folder ${path} has no tokenizer.json; give the folder or hub id of the served model's tokenizer.`,
    );
  }
  const names = FILES.filter((file) => existsSync(join(path, file)));
  const files = await Promise.all(
    names.map(async (file) => ({ path: file, bytes: (await stat(join(path, file))).size })),
  );
  const tokenizer = await openTokenizer({ path, endTokens: await endTokensIn(path) }, settings);
  const contextTokens = contextIn(await readConfigFile(join(path, 'config.json')));
  const hash = fingerprintOf(await hashFiles(path, names), tokenizer.prompting);
  return { tokenizer, path, files, hash, contextTokens };
}

async function fromHub(id: string, { cacheFolder, download, fetch }: TokenizerSource): Promise<string> {
  if (!/^[A-Za-z0-9][\w.-]*\/[\w-][\w.-]*$/.test(id)) {
    throw new ModelError(
      'no-tokenizer',
      `There is no tokenizer folder ${id}; give the folder or hub id of the served model's tokenizer.`,
    );
  }
  const folder = join(cacheFolder, 'tokenizers', id);
  if (existsSync(join(folder, 'complete'))) return folder;
  if (!download) {
    throw new ModelError(
      'no-tokenizer',
      `The tokenizer ${id} is neither a folder nor in the cache ${cacheFolder}, and downloads are off; allow them or give a folder.`,
    );
  }
  for (const file of FILES) await fetchFile(id, file, { folder, fetch });
  await writeFile(join(folder, 'complete'), '');
  return folder;
}

/** `HF_TOKEN`, where set, opens private models and is sent to the hub alone. */
async function fetchFile(
  id: string,
  file: string,
  { folder, fetch }: { folder: string; fetch: typeof globalThis.fetch },
): Promise<void> {
  const hub = (process.env['HF_ENDPOINT'] ?? 'https://huggingface.co').replace(/\/+$/, '');
  const token = process.env['HF_TOKEN'];
  const url = `${hub}/${id}/resolve/main/${file}`;
  const init = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
  const response = await fetch(url, init).catch((error: unknown) => {
    throw new ModelError(
      'no-tokenizer',
      `The tokenizer ${id} could not be fetched from ${hub}; check the network, or give a folder as the tokenizer.`,
      { cause: error },
    );
  });
  if (response.status === 404 && file !== FILES[0]) return;
  if (!response.ok) {
    throw new ModelError(
      'no-tokenizer',
      `${url} answered ${response.status}; give the folder or hub id of the served model's tokenizer.`,
    );
  }
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, await response.text());
  await rename(`${path}.part`, path);
}
