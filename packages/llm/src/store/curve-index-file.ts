import { join } from 'node:path';
import { CurveIndex } from './curve-index.js';
import { positionOf, readBlock, sealOf, writeAll, type File, type StoreFiles } from './curve-log.js';

const NAME = 'curves.index';
/** So many rows of the log are reread as fast as an index is loaded: 12 MB, a tenth of a second. */
export const SMALL = 65_536;

/**
 * Writes the index beside its log, in place of an earlier one, so that the next opening need not read the log. A write that fails leaves no file
 * or the earlier one: an index holds nothing that the log does not.
 * @returns whether it was written
 */
export async function saveIndex(folder: string, files: StoreFiles, log: File, index: CurveIndex): Promise<boolean> {
  const part = join(folder, `${NAME}.part`);
  try {
    await log.datasync(); // the index must never know more than the disk
    const file = await files.open(part, 'w');
    try {
      const [header, slots] = index.encode(await sealOf(log, index.rows));
      await writeAll(file, header, 0);
      await writeAll(file, slots, header.length);
      await file.datasync();
    } finally {
      await file.close();
    }
    await files.rename(part, join(folder, NAME));
    return true;
  } catch {
    await files.rm(part, { force: true }).catch(() => undefined);
    return false;
  }
}

/** The index that an earlier process saved, or an empty one: when there is none, it is damaged, or it is of another log. */
export async function loadIndex(folder: string, files: StoreFiles, log: File): Promise<CurveIndex> {
  let file: File;
  try {
    file = await files.open(join(folder, NAME), 'r');
  } catch {
    return new CurveIndex();
  }
  try {
    const { size } = await file.stat();
    const { size: logSize } = await log.stat();
    // Slots are 8 bytes and at most 8 for each 3 rows of 192 bytes: a larger file is none of ours, and is not read.
    if (size > logSize + 2 * SMALL) return new CurveIndex();
    const bytes = await readBlock(file, 0, size);
    const found = CurveIndex.decode(bytes.buffer as ArrayBuffer);
    if (found === undefined || positionOf(found.index.rows) > logSize) return new CurveIndex();
    return found.last === (await sealOf(log, found.index.rows)) ? found.index : new CurveIndex();
  } catch {
    return new CurveIndex();
  } finally {
    await file.close();
  }
}

/** Removes the index, so that the next opening reads the whole log. */
export async function dropIndex(folder: string, files: StoreFiles): Promise<void> {
  await files.rm(join(folder, NAME), { force: true }).catch(() => undefined);
}
