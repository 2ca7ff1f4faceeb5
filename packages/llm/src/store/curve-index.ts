import { crc32 } from 'node:zlib';

// File: 40 bytes of header, then the slots, 8 bytes each: row + 1 (0: free) and the first 4 bytes of the key, in this machine's byte order.
//   0 'MOPINDEX' · 8 version, u32 · 12 slots, u32 · 16 rows, f64 · 24 keys, u32 · 28 last record's CRC-32, u32 · 32 CRC-32 of the slots, u32
//   36 CRC-32 of bytes 0 … 35, u32
const NAME = 'MOPINDEX';
const HEADER = 40;
const VERSION = 1;
const FIRST_SLOTS = 2048;
const LARGEST_SLOTS = 2 ** 29;
/** Fuller than this, the slots are doubled. */
const LOAD = 0.75;

/**
 * Which row of the log holds a key: an open-addressing table of 11 to 22 bytes a key, half as much again while it grows. A slot keeps 4 bytes of
 * the key; whether the row really is the key's, the log is asked. Keys are hashes already, so four bytes of them spread well.
 */
export class CurveIndex {
  /** Keys held. */
  size = 0;
  /** Rows of the log that have been looked at: keys of later ones may be missing. */
  rows = 0;
  #slots = new Uint32Array(2 * FIRST_SLOTS);

  /** Row of a key, or −1. `isAt` says whether a row's record has the key; it is asked once in most look-ups, and rarely in vain. */
  find(key: Uint8Array, isAt: (row: number) => boolean): number {
    return (this.#slots[2 * this.#slotOf(key, isAt)] ?? 0) - 1;
  }

  /** Notes that the next row of the log holds the key; an earlier row of the same key is forgotten. */
  add(key: Uint8Array, isAt: (row: number) => boolean): void {
    if (this.size >= LOAD * (this.#slots.length / 2)) this.#grow();
    const slot = this.#slotOf(key, isAt);
    if (this.#slots[2 * slot] === 0) this.size++;
    this.rows++;
    this.#slots[2 * slot] = this.rows;
    this.#slots[2 * slot + 1] = tagOf(key);
  }

  /** Passes over a row of the log that holds nothing. */
  skip(): void {
    this.rows++;
  }

  /** The index as the two parts of a file. @param last CRC-32 of the log's last record, by which the log is known again */
  encode(last: number): [header: Buffer, slots: Buffer] {
    const slots = Buffer.from(this.#slots.buffer);
    const header = Buffer.alloc(HEADER);
    header.write(NAME, 'latin1');
    const words = new Uint32Array(header.buffer, header.byteOffset, HEADER / 4);
    words.set([VERSION, this.#slots.length / 2], 2);
    header.writeDoubleLE(this.rows, 16);
    words.set([this.size, last, crc32(slots)], 6);
    words[9] = crc32(header.subarray(0, HEADER - 4));
    return [header, slots];
  }

  /** The index in a file's bytes with the CRC-32 of the log's last record at the time, or undefined when they are damaged or of another version. */
  static decode(bytes: ArrayBuffer): { index: CurveIndex; last: number } | undefined {
    if (bytes.byteLength < HEADER || bytes.byteLength % 8 !== 0) return undefined;
    const header = Buffer.from(bytes, 0, HEADER);
    const words = new Uint32Array(bytes, 0, HEADER / 4);
    const [version = 0, count = 0, keys = 0, last = 0] = [words[2], words[3], words[6], words[7]];
    if (header.toString('latin1', 0, NAME.length) !== NAME || version !== VERSION) return undefined;
    if (words[9] !== crc32(header.subarray(0, HEADER - 4)) || bytes.byteLength !== HEADER + 8 * count) return undefined;
    if (words[8] !== crc32(new Uint8Array(bytes, HEADER))) return undefined;
    const index = new CurveIndex();
    index.size = keys;
    index.rows = header.readDoubleLE(16);
    index.#slots = new Uint32Array(bytes, HEADER);
    return { index, last };
  }

  /** The slot that holds the key, or the free one where it would go. */
  #slotOf(key: Uint8Array, isAt: (row: number) => boolean): number {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    const tag = tagOf(key);
    for (let slot = tag & mask; ; slot = (slot + 1) & mask) {
      const row = slots[2 * slot] ?? 0;
      if (row === 0 || (slots[2 * slot + 1] === tag && isAt(row - 1))) return slot;
    }
  }

  /** Doubles the slots; where a key goes follows from its 4 bytes, so the log is not read. */
  #grow(): void {
    const old = this.#slots;
    if (old.length >= 2 * LARGEST_SLOTS) throw new RangeError('A score store holds at most 400 million curves.');
    const slots = new Uint32Array(2 * old.length);
    const mask = slots.length / 2 - 1;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] === 0) continue;
      let slot = (old[at + 1] ?? 0) & mask;
      while (slots[2 * slot] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = old[at] ?? 0;
      slots[2 * slot + 1] = old[at + 1] ?? 0;
    }
    this.#slots = slots;
  }
}

function tagOf(key: Uint8Array): number {
  return ((key[0] ?? 0) | ((key[1] ?? 0) << 8) | ((key[2] ?? 0) << 16) | ((key[3] ?? 0) << 24)) >>> 0;
}
