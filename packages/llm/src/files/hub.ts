import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ModelError } from '../model/errors.js';
import { checkModelFolder, type WeightFormat } from './model-folder.js';
import { loadTransformers } from './runtimes.js';

/** Where hub models are kept unless told otherwise. */
export function defaultCacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mixture-of-personas', 'models');
}

/** Whether a text reads like `owner/name` and not like a path. */
function isHubId(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[\w.-]+$/.test(text);
}

/** Where hub models are found, and whether they may be fetched. */
export interface HubOptions {
  readonly cacheFolder: string;
  readonly download: boolean;
  readonly format: WeightFormat;
}

/** Lets @huggingface/transformers fetch every file of a model into the cache folder, then frees what it loaded to do so. */
async function download(id: string, { cacheFolder, format }: HubOptions): Promise<void> {
  const { AutoModelForCausalLM, AutoTokenizer } = await loadTransformers();
  try {
    await AutoTokenizer.from_pretrained(id, { cache_dir: cacheFolder });
    const model = await AutoModelForCausalLM.from_pretrained(id, { cache_dir: cacheFolder, dtype: format });
    await model.dispose();
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const message = `The model ${id} could not be fetched from the hub in format ${format} (${why}); check the name and the network, or give a folder.`;
    throw new ModelError('not-found', message, { cause: error });
  }
}

async function isComplete(folder: string, format: WeightFormat): Promise<boolean> {
  return checkModelFolder(folder, format).then(
    () => true,
    () => false,
  );
}

/**
 * The folder of a model: the one named, or that of a hub id in the cache, fetched first when it is not there.
 * @throws ModelError `folder-missing` when it is neither a folder nor a hub id, `not-found` when the hub does not give it
 */
export async function locateModel(model: string, options: HubOptions): Promise<string> {
  if (existsSync(model) || !isHubId(model)) return model;
  const folder = join(options.cacheFolder, model);
  if (await isComplete(folder, options.format)) return folder;
  if (!options.download) {
    const message = `The model ${model} is neither a folder nor in the cache ${options.cacheFolder}, and downloads are off; allow them or give a folder.`;
    throw new ModelError('not-found', message);
  }
  await download(model, options);
  return folder;
}
