import type { ScoreStore, StoreEntry } from './curve-store.js';

/** Writes curves to a store as they arrive: what comes during one write goes out with the next, so a kill loses only what is in the air. */
export class ArrivingCurves {
  readonly #store: ScoreStore;
  readonly #waiting: StoreEntry[] = [];
  #written: Promise<void> = Promise.resolve();

  constructor(store: ScoreStore) {
    this.#store = store;
  }

  add(entry: StoreEntry): void {
    this.#waiting.push(entry);
    if (this.#waiting.length > 1) return; // those that wait go out together
    this.#written = this.#written.then(() => this.#store.append(this.#waiting.splice(0)));
    this.#written.catch(() => undefined); // told by `settled`; nothing is written after a failure
  }

  /** Until everything added is written. @throws StoreError when a write failed */
  settled(): Promise<void> {
    return this.#written;
  }
}
