import type { Encoder } from '@mixture-of-personas/encoder';
import { unitRows } from '@mixture-of-personas/numeric';
import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { UserError } from '../errors.js';
import { createAtomic, type Disk, realDisk } from '../data/atomic.js';
import { float32Bytes, npyHeader } from '../data/arrays/npy.js';

/** Options of `embedToFile`. */
export interface EmbedToFileOptions {
  readonly encoder: Encoder;
  readonly output: string;
  /** Scale rows to unit length. */
  readonly normalize: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number) => void;
  readonly disk?: Disk;
}

/** Texts embedded and written together: enough for the encoder to sort by length, little enough to keep in memory. */
const BLOCK = 512;

/**
 * Embeds records block by block into a `.npy` file (float32), in bounded memory; the file appears when all rows are in it.
 * @returns rows and columns of the matrix
 * @throws UserError when there is nothing to embed or the disk is full; what the encoder throws; the signal's reason
 */
export async function embedToFile(
  records: AsyncIterable<PopulationRecord>,
  options: EmbedToFileOptions,
): Promise<{ readonly rows: number; readonly cols: number }> {
  const { encoder, output, normalize, signal, onProgress, disk = realDisk } = options;
  const file = await createAtomic(output, disk);
  try {
    let rows = 0;
    let cols = 0;
    for await (const block of blocksOf(records, BLOCK)) {
      signal?.throwIfAborted();
      const texts = block.map(({ text }) => text);
      const raw = await encoder.embed(texts, { signal });
      const embedded = normalize ? unitRows(raw) : raw;
      if (rows === 0) await file.append(npyHeader(0, embedded.cols));
      cols = embedded.cols;
      await file.append(float32Bytes(embedded));
      rows += embedded.rows;
      onProgress?.(rows);
    }
    if (rows === 0) throw new UserError('no-records', 'There is no text to embed.');
    await file.patch(0, npyHeader(rows, cols));
    await file.commit();
    return { rows, cols };
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** Items in blocks of a size, the last of which may be smaller. */
export async function* blocksOf<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let block: Item[] = [];
  for await (const item of items) {
    block.push(item);
    if (block.length < size) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}
