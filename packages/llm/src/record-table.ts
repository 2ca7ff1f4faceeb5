import { KEY_BYTES, RECORD_BYTES } from './curve-record.js';

const FIRST_CAPACITY = 1024;

/**
 * Records in memory, found by their key: one growing block and an open-addressing index of 4 bytes a slot, twice to four times as
 * many slots as records. At most 400 bytes a record: 40 MB for 100,000.
 */
export class RecordTable {
  #block: Buffer = Buffer.alloc(FIRST_CAPACITY * RECORD_BYTES);
  #slots = new Int32Array(2 * FIRST_CAPACITY).fill(-1);
  #size = 0;

  /** Records held. */
  get size(): number {
    return this.#size;
  }

  /** Adds a record; one of the same key is replaced, as the same request always has the same curve. */
  set(record: Buffer): void {
    if (this.#size === this.#slots.length / 2) this.#grow();
    const slot = this.#slotOf(record);
    const at = this.#slots[slot] ?? -1;
    const row = at >= 0 ? at : this.#size++;
    this.#slots[slot] = row;
    record.copy(this.#block, row * RECORD_BYTES);
  }

  /** The record of a key, as a view that the next `set` may outdate. */
  get(key: Uint8Array): Buffer | undefined {
    const row = this.#slots[this.#slotOf(key)] ?? -1;
    return row < 0 ? undefined : this.#record(row);
  }

  /** Every record, in the order they came. */
  records(): Buffer[] {
    return Array.from({ length: this.#size }, (_, row) => this.#record(row));
  }

  #record(row: number): Buffer {
    return this.#block.subarray(row * RECORD_BYTES, (row + 1) * RECORD_BYTES);
  }

  /** The slot that holds the key, or the free one where it would go. Keys are hashes already: four bytes of them spread well. */
  #slotOf(key: Uint8Array): number {
    const mask = this.#slots.length - 1;
    let slot = ((key[0] ?? 0) | ((key[1] ?? 0) << 8) | ((key[2] ?? 0) << 16) | ((key[3] ?? 0) << 24)) & mask;
    for (;;) {
      const row = this.#slots[slot] ?? -1;
      if (row < 0 || this.#record(row).compare(key, 0, KEY_BYTES, 0, KEY_BYTES) === 0) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    this.#block = Buffer.concat([this.#block, Buffer.alloc(this.#block.length)]);
    this.#slots = new Int32Array(2 * this.#slots.length).fill(-1);
    for (let row = 0; row < this.#size; row++) this.#slots[this.#slotOf(this.#record(row))] = row;
  }
}
