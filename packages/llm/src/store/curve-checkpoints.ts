import { join } from 'node:path';
import { INDEX_NAME, loadIndex, saveIndex, SMALL } from './curve-index-file.js';
import type { CurveIndex } from './curve-index.js';
import type { StorePlace } from './curve-log.js';
import { appendTail, readTail, TAIL_NAME } from './curve-tail-file.js';

/** Rows after which 4 bytes of each are noted in the tail: so many are reread after a kill, in a twentieth of a second. */
const NOTED: number = SMALL / 4;

/** An index that is kept on disk as its log grows. */
export interface KeptIndex {
  readonly index: CurveIndex;
  /** Saves what has come to be worth it. */
  keep(this: void): Promise<void>;
  /** Saves the index once more where much has come since. */
  close(this: void): Promise<void>;
  /** Removes what is saved, so that the next opening reads the whole log. */
  drop(this: void): Promise<void>;
}

/**
 * The index as far as it was saved, empty when it was not. From now on it is kept: the whole of it after each 3 % of growth, as much as is worth its
 * bytes, and in between, as a tail, 4 bytes per row. So opening a store never reads more than `NOTED` rows of the log and what one write adds, however its
 * process ended.
 */
export async function openIndex(place: StorePlace, keyAt: (row: number) => Uint8Array | undefined): Promise<KeptIndex> {
  const index = await loadIndex(place);
  let saved = index.rows; // of the whole index that was saved last, or last tried
  let tailEnd = await readTail(place, index, keyAt); // of the tail's last whole piece
  let noted = index.rows; // in index and tail
  const remove = (name: string): Promise<void> =>
    place.files.rm(join(place.folder, name), { force: true }).catch(() => undefined);
  const save = async (): Promise<void> => {
    const { rows } = index;
    saved = rows; // where it fails, the next attempt is not at the very next write
    if (!(await saveIndex(place, index))) return;
    await remove(TAIL_NAME);
    noted = rows;
    tailEnd = 0;
  };
  return {
    index,
    async keep() {
      const { rows } = index;
      if (rows - saved >= Math.max(SMALL, rows / 32)) return save();
      if (rows - noted < NOTED) return;
      const end = await appendTail(place, { from: noted, to: rows, at: tailEnd });
      if (end === undefined) return;
      tailEnd = end;
      noted = rows;
    },
    async close() {
      if (index.rows - saved >= SMALL) await save();
    },
    async drop() {
      await remove(INDEX_NAME);
      await remove(TAIL_NAME);
    },
  };
}
