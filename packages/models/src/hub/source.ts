import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../errors.js';
import { hubCacheFolder, ModelCache } from './cache.js';
import { connect, type HubClient } from './client.js';

/** Options for models of the hub. */
export interface HubOptions {
  /** Hub cache in the layout of the Python huggingface_hub. @defaultValue `HF_HUB_CACHE`, else `hub` in `HF_HOME` */
  readonly cacheFolder?: string | undefined;
  /** Whether files may be downloaded; when not, the cache alone is read. @defaultValue true, false with `HF_HUB_OFFLINE=1` */
  readonly download?: boolean | undefined;
  /** Replaces the network. @defaultValue fetch, through the proxies that the environment names */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** A model's files: in a folder, or on the hub and then copied to its cache one by one as they are asked for. */
export interface ModelSource {
  /** The folder that files stand in. */
  readonly folder: string;
  readonly commit?: string;
  /**
   * Path of a file of the model, downloaded first where needed; undefined when the model has no such file.
   * @param name relative to the model's folder, with "/" between its parts
   */
  find(name: string): Promise<string | undefined>;
}

const HUB_ID = /^([A-Za-z0-9_][\w.-]*\/[A-Za-z0-9_][\w.-]*)(?:@([\w][\w./-]*))?$/;

/**
 * Finds the files of a model.
 * @param model a folder, or a hub id `OWNER/NAME` or `OWNER/NAME@REVISION` (branch, tag or commit; `main` when left out)
 * @throws ModelError `folder-missing`, `not-found` or `refused`
 */
export async function openModelSource(model: string, options: HubOptions = {}): Promise<ModelSource> {
  const inFolder = (name: string): string | undefined => [join(model, name)].find((path) => existsSync(path));
  if (existsSync(model)) return { folder: model, find: (name) => Promise.resolve(inFolder(name)) };
  const [, id, revision = 'main'] = HUB_ID.exec(model) ?? [];
  if (id === undefined || revision.includes('..')) {
    const remedy = 'Check the path, or give a hub id such as sentence-transformers/all-MiniLM-L6-v2.';
    throw new ModelError('folder-missing', `No model folder at ${model}.`, { remedy });
  }
  return hubSource(id, revision, options);
}

async function hubSource(id: string, revision: string, options: HubOptions): Promise<ModelSource> {
  const offline = /^(1|true|yes|on)$/i.test(process.env['HF_HUB_OFFLINE'] ?? '');
  const { cacheFolder = hubCacheFolder(), download = !offline } = options;
  const cache = new ModelCache(cacheFolder, id);
  const known = cache.commitOf(revision);
  if (known === undefined && !download) {
    const problem = `There is neither a folder ${id} here nor a copy of it in ${cacheFolder}, and downloads are off.`;
    throw new ModelError('not-found', problem, { remedy: 'Allow the download, or give a folder.' });
  }
  const commit = known ?? (await (await connect(id, revision, options.fetch)).commit());
  if (known === undefined) cache.setCommit(revision, commit);
  let opened: Promise<HubClient> | undefined;
  const client = (): Promise<HubClient> => (opened ??= connect(id, commit, options.fetch));
  const folder = cache.snapshot(commit);
  const find = async (name: string): Promise<string | undefined> => {
    const path = join(folder, name);
    if (existsSync(path)) return path;
    if (!download || cache.lacks(commit, name)) return undefined;
    const file = await (await client()).find(name);
    if (file === undefined) {
      cache.setLacking(commit, name);
      return undefined;
    }
    const blob = cache.blob(file.etag);
    if (!existsSync(blob)) await (await client()).fetch(file, blob);
    return cache.link(commit, name, file.etag);
  };
  return { folder, commit, find };
}
