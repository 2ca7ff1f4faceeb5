import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '@mixture-of-personas/models';
import { keyOf, openRowFile, type RowFile } from './row-file.js';
import type { EmbedOptions, Encoder } from '../encoder.js';
import { CacheError } from '../errors.js';

/** Options of the cache. */
export interface CacheOptions {
  /** Told in one sentence when a damaged file was set aside. @defaultValue `process.emitWarning` */
  readonly onWarning?: (message: string) => void;
}

/** An encoder that remembers. */
export interface CachedEncoder extends Encoder {
  /** Texts answered without the model so far: found on disk, or asked for twice in one call. */
  readonly hits: number;
}

/** Texts embedded between two appends: what a crash costs at most. */
const TEXTS_AT_ONCE = 256;

/**
 * The same encoder with its rows kept in `FOLDER/<fingerprint>.rows`, keyed by the SHA-256 of the text; a text is embedded once, ever.
 * Rows are read from disk when asked for: memory holds one key of 32 bytes per text. Closing it closes the encoder too.
 * @throws CacheError (from `embed`) when the folder cannot be read or written, as on a full disk; rows cached before are kept
 */
export function withCache(encoder: Encoder, folder: string, options: CacheOptions = {}): CachedEncoder {
  const { onWarning = (message) => process.emitWarning(message) } = options;
  const path = join(folder, `${encoder.fingerprint.slice(0, 32)}.rows`);
  let opened: Promise<RowFile> | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let hits = 0;
  const file = (): Promise<RowFile> =>
    (opened ??= inFolder(folder, () => mkdir(folder, { recursive: true }).then(() => openRowFile(path, onWarning))));
  const embed: Encoder['embed'] = async (texts, embedOptions = {}) => {
    const rows = await file();
    const keys = texts.map(keyOf);
    const missing = new Map(
      keys.flatMap((key, i) => (rows.has(key) ? [] : [[key.toString('latin1'), { key, text: texts[i]! }]])),
    );
    const found = texts.length - missing.size;
    hits += found;
    embedOptions.onProgress?.(found, texts.length);
    await fill([...missing.values()], { encoder, rows, folder, found, total: texts.length, ...embedOptions });
    const data = new Float32Array(texts.length * rows.cols);
    await inFolder(folder, async () => {
      for (const [i, key] of keys.entries()) await rows.read(key, data.subarray(i * rows.cols, (i + 1) * rows.cols));
    });
    return { data, rows: texts.length, cols: rows.cols };
  };
  return {
    id: encoder.id,
    fingerprint: encoder.fingerprint,
    ...(encoder.description && { description: encoder.description }),
    get truncated() {
      return encoder.truncated;
    },
    get hits() {
      return hits;
    },
    // One call after the other: two at once would embed and append the same text twice.
    embed: (texts, embedOptions) => {
      const result = queue.then(() => embed(texts, embedOptions));
      queue = result.catch(() => undefined);
      return result;
    },
    async close() {
      await (await opened)?.close();
      await encoder.close();
    },
  };
}

interface Work extends EmbedOptions {
  readonly encoder: Encoder;
  readonly rows: RowFile;
  readonly folder: string;
  /** Texts that need no embedding, of how many. */
  readonly found: number;
  readonly total: number;
}

/** Embeds what is missing and appends it, some texts at a time. */
async function fill(missing: readonly { readonly key: Buffer; readonly text: string }[], work: Work): Promise<void> {
  const { encoder, rows, folder, found, total, signal, onProgress } = work;
  for (let start = 0; start < missing.length; start += TEXTS_AT_ONCE) {
    const some = missing.slice(start, start + TEXTS_AT_ONCE);
    const { data, cols } = await encoder.embed(
      some.map(({ text }) => text),
      { ...(signal && { signal }), onProgress: (done) => onProgress?.(found + start + done, total) },
    );
    if (rows.cols !== 0 && rows.cols !== cols) {
      const problem = `The embedding cache in ${folder} has rows of ${rows.cols} numbers, ${encoder.id} gives ${cols}.`;
      throw new CacheError('cache', problem, { remedy: 'Name another cache folder.' });
    }
    await inFolder(folder, () =>
      rows.append(
        some.map(({ key }) => key),
        data,
      ),
    );
  }
}

async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const problem = `The embedding cache in ${folder} could not be used (${reasonOf(error)}).`;
    throw new CacheError('cache', problem, {
      cause: error,
      remedy: 'Free some space, or name a folder that can be written.',
    });
  }
}
