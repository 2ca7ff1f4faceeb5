import { join } from 'node:path';
import { CurveIndex } from './curve-index.js';
import { positionOf, readBeside, sealOf, writeAll, type StorePlace } from './curve-log.js';

/** Name of the index beside its log. */
export const INDEX_NAME = 'curves.index';
/** So many rows of the log are reread as fast as an index is loaded: 12 MB, a tenth of a second. */
export const SMALL = 65_536;

/**
 * Writes the index beside its log, in place of an earlier one, so that the next opening need not read the log. A write that fails leaves no file
 * or the earlier one: an index holds nothing that the log does not.
 * @returns whether it was written
 */
export async function saveIndex({ folder, files, log }: StorePlace, index: CurveIndex): Promise<boolean> {
  const part = join(folder, `${INDEX_NAME}.part`);
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
    await files.rename(part, join(folder, INDEX_NAME));
    return true;
  } catch {
    await files.rm(part, { force: true }).catch(() => undefined);
    return false;
  }
}

/** The index that an earlier process saved, or an empty one: when there is none, it is damaged, or it is of another log. */
export async function loadIndex(place: StorePlace): Promise<CurveIndex> {
  try {
    const { size } = await place.log.stat();
    // Slots are 8 bytes and at most 8 for each 3 rows of 192 bytes: a larger file is none of ours.
    const bytes = await readBeside(place, INDEX_NAME, size + 2 * SMALL);
    const found = bytes && CurveIndex.decode(bytes.buffer as ArrayBuffer);
    if (found === undefined || positionOf(found.index.rows) > size) return new CurveIndex();
    return found.last === (await sealOf(place.log, found.index.rows)) ? found.index : new CurveIndex();
  } catch {
    return new CurveIndex();
  }
}
