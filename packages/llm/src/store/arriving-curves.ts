import type { ScoreStore, StoreEntry } from './curve-store.js';

/** Writes curves to a store as they arrive: what comes during one write goes out with the next, so a kill loses only what is in the air. */
export class ArrivingCurves {
  readonly #store: ScoreStore;
  readonly #waiting: StoreEntry[] = [];
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(store: ScoreStore) {
    this.#store = store;
  }

  add(entry: StoreEntry): void {
    this.#waiting.push(entry);
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && this.#failure === undefined) {
        await this.#store.append(this.#waiting.splice(0));
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#writing = undefined;
  }

  /** Until everything added is written. @throws StoreError when a write failed */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
