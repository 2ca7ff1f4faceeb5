// The one place that loads @huggingface/hub. Its own `downloadFileToCacheDir` is not used: it starts a broken download again from the
// first byte, asks an interface that plain mirrors lack, and writes to the console (docs/decisions/0090, test/hub/client.test.ts).
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type * as hub from '@huggingface/hub';
import { ModelError, property, reasonOf } from '../errors.js';
import { forHub, networkFetch, RangeIgnored } from './network.js';

type Hub = typeof hub;
type FileInfo = NonNullable<Awaited<ReturnType<Hub['fileDownloadInfo']>>>;

/** A file of a repository: what is needed to fetch it. */
export interface RemoteFile {
  readonly name: string;
  /** Name of its bytes: SHA-256 of large files, the Git object id of small ones, or what a mirror says. */
  readonly etag: string;
  readonly info: FileInfo;
}

/** One model on the hub. */
export interface HubClient {
  /** The commit of the revision; the revision's own name at a mirror that tells no commits. */
  commit(): Promise<string>;
  /** undefined when the repository has no such file. */
  find(name: string): Promise<RemoteFile | undefined>;
  /** Writes the file's bytes to `path`; what an earlier try left beside it is continued. */
  fetch(file: RemoteFile, path: string): Promise<void>;
}

/**
 * Connects to the hub (`HF_ENDPOINT`, default https://huggingface.co; `HF_TOKEN` opens private models and is sent to no other host).
 * @throws ModelError `not-found` or `refused`, saying which address answered what (from every method)
 */
export async function connect(id: string, revision: string, fetch?: typeof globalThis.fetch): Promise<HubClient> {
  const client = await import('@huggingface/hub');
  const hubUrl = (process.env['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, '');
  const accessToken = process.env['HF_TOKEN'];
  const common = { hubUrl, fetch: forHub(fetch ?? (await networkFetch())), ...(accessToken && { accessToken }) };
  const at = { repo: id, revision, ...common };
  const find = async (name: string): Promise<RemoteFile | undefined> => {
    const url = `${hubUrl}/${id}/resolve/${revision}/${name}`;
    const info = await orNothing(url, () => client.fileDownloadInfo({ ...at, path: name }));
    return info && { name, etag: blobName(info.etag), info };
  };
  return {
    find,
    async commit() {
      const url = `${hubUrl}/api/models/${id}/revision/${revision}`;
      const ask = { name: id, revision, additionalFields: ['sha' as const], ...common };
      const info = await orNothing(url, () => client.modelInfo(ask));
      if (typeof info?.sha === 'string') return info.sha;
      if ((await find('config.json')) ?? (await find('tokenizer.json'))) return revision;
      const problem = `There is no folder ${id} here, and ${hubUrl} knows no model ${id} with a revision ${revision} (404).`;
      throw new ModelError('not-found', problem, { remedy: 'Check the name, or give the path of a model folder.' });
    },
    async fetch(file, path) {
      const { info, name } = file;
      const blob = await client.downloadFile({ ...at, path: name, downloadInfo: info, xet: false });
      if (blob === null) throw new ModelError('not-found', `${id} has no ${name}.`);
      try {
        await save(blob, path, info.size);
        await check(path, file.etag, info.size);
      } catch (cause) {
        const problem = `${name} of ${id} could not be downloaded (${deepReasonOf(cause)}).`;
        const remedy = 'Run again: the download continues where it stopped.';
        throw new ModelError('not-found', problem, { cause, remedy });
      }
      await rename(`${path}.incomplete`, path);
    },
  };
}

/** Appends what is missing of a file to `PATH.incomplete`. */
async function save(blob: Blob, path: string, size: number): Promise<void> {
  const part = `${path}.incomplete`;
  await mkdir(dirname(path), { recursive: true });
  const have = (await stat(part).catch(() => undefined))?.size ?? 0;
  if (have > 0 && have === size) return;
  const start = have < size ? have : 0;
  try {
    const stream = Readable.from((start === 0 ? blob : blob.slice(start)).stream());
    await pipeline(stream, createWriteStream(part, { flags: start === 0 ? 'w' : 'a' }));
  } catch (error) {
    // @huggingface/hub passes on the message alone, so its text is what tells.
    if (start === 0 || !String(property(error, 'message') ?? error).endsWith(RangeIgnored.saying)) throw error;
    await rm(part, { force: true });
    await save(blob, path, size);
  }
}

/** @throws Error when the bytes are not those announced; they are deleted then */
async function check(path: string, etag: string, size: number): Promise<void> {
  const part = `${path}.incomplete`;
  const bytes = (await stat(part)).size;
  const kind = /^[0-9a-f]{64}$/.test(etag) ? 'sha256' : /^[0-9a-f]{40}$/.test(etag) ? 'sha1' : undefined;
  if (bytes === size && kind !== undefined) {
    const hash = createHash(kind);
    if (kind === 'sha1') hash.update(`blob ${size}\0`);
    for await (const chunk of createReadStream(part) as AsyncIterable<Buffer>) hash.update(chunk);
    if (hash.digest('hex') === etag) return;
  } else if (bytes === size) return;
  if (bytes < size) throw new Error(`${bytes} of ${size} bytes came`);
  await rm(part);
  throw new Error('its checksum is not the one announced');
}

/** The answer, or undefined where the hub has no such thing (404). */
async function orNothing<T>(url: string, ask: () => Promise<T | null>): Promise<T | undefined> {
  try {
    return (await ask()) ?? undefined;
  } catch (cause) {
    const status = property(cause, 'statusCode');
    if (status === 404) return undefined;
    if (status === 401 || status === 403) {
      const problem = `The hub refused ${url} (${String(status)}).`;
      const remedy =
        'Check the name; for a private or gated model accept its terms on the hub and put a token into HF_TOKEN.';
      throw new ModelError('refused', problem, { cause, remedy });
    }
    const why = typeof status === 'number' ? `answered ${status}` : `could not be reached (${deepReasonOf(cause)})`;
    const remedy =
      'Check the network, give the path of a model folder, or set HF_HUB_OFFLINE=1 to use the cache alone.';
    throw new ModelError('not-found', `${url} ${why}.`, { cause, remedy });
  }
}

/** An etag without quotes, as it can name a file. */
function blobName(etag: string): string {
  const plain = etag.replace(/^W\//, '').replaceAll('"', '');
  return /^[\w-]{1,128}$/.test(plain) ? plain : createHash('sha256').update(plain).digest('hex').slice(0, 32);
}

/** The reason of a failed fetch, which says only "fetch failed": why stands in its cause. */
function deepReasonOf(error: unknown): string {
  return reasonOf(property(error, 'cause') ?? error);
}
