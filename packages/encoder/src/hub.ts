import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ModelFilesError, reasonOf } from './errors.js';

/** Where hub models are kept and how they are fetched; `OpenOptions` says what each means. */
export interface HubOptions {
  readonly fetch?: typeof globalThis.fetch;
  readonly cacheFolder?: string;
  readonly download?: boolean;
}

interface Repository {
  readonly id: string;
  readonly folder: string;
  readonly fetch: typeof globalThis.fetch;
}

/** What an encoder reads, and whether it can do without. Tensors beside the weights exist only where a model passes 2 GB. */
const filesFor = (weights: string): [name: string, required: boolean][] => [
  ['config.json', true],
  ['tokenizer.json', true],
  ['tokenizer_config.json', false],
  ['1_Pooling/config.json', false],
  ['sentence_bert_config.json', false],
  [`${weights}_data`, false],
  [weights, true], // last: its presence says that the download is complete
];

/**
 * The local folder of a model: the folder itself, or the copy of a hub repository, downloaded once. The hub is `HF_ENDPOINT`
 * (default https://huggingface.co); `HF_TOKEN`, where set, opens private models and is sent nowhere else.
 * @throws ModelFilesError when there is neither such a folder nor such a repository, or a file of it is missing
 */
export async function folderOf(
  choice: { readonly model: string; readonly file?: string },
  options: HubOptions,
): Promise<string> {
  const { model, file = 'model.onnx' } = choice;
  if (existsSync(model)) return model;
  if (!/^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(model)) {
    throw new ModelFilesError(
      `No model folder at ${model}. Check the path, or give a hub id such as sentence-transformers/all-MiniLM-L6-v2.`,
    );
  }
  const { cacheFolder = defaultCacheFolder(), download = true, fetch = globalThis.fetch } = options;
  const folder = join(cacheFolder, model);
  const weights = `onnx/${file.replace(/^onnx\//, '')}`;
  if (existsSync(join(folder, weights))) return folder;
  if (!download)
    throw new ModelFilesError(
      `There is neither a folder ${model} here nor a copy of it in ${cacheFolder}. Allow the download, or give a folder.`,
    );
  for (const [name, required] of filesFor(weights)) await fetchFile({ id: model, folder, fetch }, name, required);
  return folder;
}

function defaultCacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mixture-of-personas', 'models');
}

/** Downloads one file beside its final name first, so that a broken download leaves nothing that looks whole. */
async function fetchFile({ id, folder, fetch }: Repository, name: string, required: boolean): Promise<void> {
  const path = join(folder, name);
  if (existsSync(path)) return;
  const endpoint = (process.env['HF_ENDPOINT'] ?? 'https://huggingface.co').replace(/\/+$/, '');
  const token = process.env['HF_TOKEN'];
  const url = `${endpoint}/${id}/resolve/main/${name}`;
  const response = await fetch(url, token ? { headers: { authorization: `Bearer ${token}` } } : {}).catch(
    (error: unknown) => {
      throw new ModelFilesError(
        `There is no folder ${id} here, and ${url} could not be reached (${reasonOf(error)}). Give the path of a model folder.`,
      );
    },
  );
  if (!response.ok || !response.body) {
    if (!required && response.status === 404) return;
    throw new ModelFilesError(
      `There is no folder ${id} here, and the hub answered ${response.status} for ${url}. Check the name, or give the path of a model folder.`,
    );
  }
  const part = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(Readable.from(response.body), createWriteStream(part));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw new ModelFilesError(
      `${url} could not be saved as ${path} (${reasonOf(error)}). Free some space or check the connection, and run again.`,
    );
  }
}
