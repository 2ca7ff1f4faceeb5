import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '@mixture-of-personas/models';
import { keyOf, openRowFile, type RowFile } from './row-file.js';
import type { Encoder } from '../encoder.js';
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
  const embed = embedOnce(encoder, folder, file, (found) => (hits += found));
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

/** Embeds what the rows lack and appends it, some texts at a time, then reads all. */
function embedOnce(
  encoder: Encoder,
  folder: string,
  open: () => Promise<RowFile>,
  onHits: (found: number) => void,
): Encoder['embed'] {
  return async (texts, { signal, onProgress } = {}) => {
    const rows = await open();
    const keys = texts.map(keyOf);
    const lacking = keys.flatMap((key, i) => (rows.has(key) ? [] : [{ key, text: texts[i]! }]));
    const missing = [...new Map(lacking.map((each) => [each.key.toString('latin1'), each])).values()];
    const found = texts.length - missing.length;
    onHits(found);
    onProgress?.(found, texts.length);
    for (let start = 0; start < missing.length; start += TEXTS_AT_ONCE) {
      const some = missing.slice(start, start + TEXTS_AT_ONCE);
      const wanted = some.map(({ text }) => text);
      const progress = (done: number): void => onProgress?.(found + start + done, texts.length);
      const { data, cols } = await encoder.embed(wanted, { ...(signal && { signal }), onProgress: progress });
      if (rows.cols !== 0 && rows.cols !== cols) {
        const problem = `The embedding cache in ${folder} has rows of ${rows.cols} numbers, ${encoder.id} gives ${cols}.`;
        throw new CacheError('cache', problem, { remedy: 'Name another cache folder.' });
      }
      const written = some.map(({ key }) => key);
      await inFolder(folder, () => rows.append(written, data));
    }
    const { cols } = rows;
    const data = new Float32Array(texts.length * cols);
    await inFolder(folder, async () => {
      for (const [i, key] of keys.entries()) await rows.read(key, data.subarray(i * cols, (i + 1) * cols));
    });
    return { data, rows: texts.length, cols };
  };
}

async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  return work().catch((cause: unknown) => {
    const problem = `The embedding cache in ${folder} could not be used (${reasonOf(cause)}).`;
    throw new CacheError('cache', problem, { cause, remedy: 'Free some space, or name a folder that can be written.' });
  });
}
