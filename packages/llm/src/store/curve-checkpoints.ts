import { join } from 'node:path';
import { INDEX_NAME, loadIndex, saveIndex, SMALL } from './curve-index-file.js';
import type { CurveIndex } from './curve-index.js';
import type { StorePlace } from './curve-log.js';
import { appendTail, readTail, TAIL_NAME } from './curve-tail-file.js';

/** Rows after which 4 bytes of each are noted in the tail: so many are reread after a kill, in a twentieth of a second. */
const NOTED: number = SMALL / 4;

/**
 * Keeps an index on disk as its log grows: the whole of it after each 3 % of growth, as much as is worth its bytes, and in between, as a tail, 4 bytes
 * a row. So opening a store never reads more than `NOTED` rows of the log and what one write adds, however its process ended.
 */
export class IndexCheckpoints {
  readonly #place: StorePlace;
  readonly #index: CurveIndex;
  /** Rows of the whole index that was saved last, or last tried. */
  #saved: number;
  /** Rows in index and tail. */
  #noted: number;
  /** End of the tail's last whole piece. */
  #tailEnd: number;

  constructor(place: StorePlace, index: CurveIndex, saved: number, tailEnd: number) {
    this.#place = place;
    this.#index = index;
    this.#saved = saved;
    this.#noted = index.rows;
    this.#tailEnd = tailEnd;
  }

  /** The index as far as it was saved, empty when it was not, and who keeps it from now on. */
  static async load(
    place: StorePlace,
    keyAt: (row: number) => Uint8Array | undefined,
  ): Promise<{ index: CurveIndex; checkpoints: IndexCheckpoints }> {
    const index = await loadIndex(place);
    const saved = index.rows;
    const tailEnd = await readTail(place, index, keyAt);
    return { index, checkpoints: new IndexCheckpoints(place, index, saved, tailEnd) };
  }

  /** Saves what has come to be worth it. */
  async keep(): Promise<void> {
    const { rows } = this.#index;
    if (rows - this.#saved >= Math.max(SMALL, rows / 32)) await this.#save();
    else if (rows - this.#noted >= NOTED) {
      const end = await appendTail(this.#place, { from: this.#noted, to: rows, at: this.#tailEnd });
      if (end === undefined) return;
      this.#tailEnd = end;
      this.#noted = rows;
    }
  }

  async #save(): Promise<void> {
    const { rows } = this.#index;
    this.#saved = rows; // where it fails, the next attempt is not at the very next write
    if (!(await saveIndex(this.#place, this.#index))) return;
    await this.#remove(TAIL_NAME);
    this.#noted = rows;
    this.#tailEnd = 0;
  }

  /** Saves the index once more where much has come since. */
  async close(): Promise<void> {
    if (this.#index.rows - this.#saved >= SMALL) await this.#save();
  }

  /** Removes what is saved, so that the next opening reads the whole log. */
  async drop(): Promise<void> {
    await this.#remove(INDEX_NAME);
    await this.#remove(TAIL_NAME);
  }

  async #remove(name: string): Promise<void> {
    const { folder, files } = this.#place;
    await files.rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}
