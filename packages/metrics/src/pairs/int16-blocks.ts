import { callsOnThreads } from '@mixture-of-personas/numeric/internal';

import { BLOCK, type Int16Sets, type Int16Set, type Slot } from './int16.js';

/** A block of pairs: rows of one set from `fromA` on with rows of another, or the same, from `fromB` on. */
export interface PairBlock {
  readonly fromA: number;
  readonly fromB: number;
  /** Rows and columns that are there, without the padding. */
  readonly rows: number;
  readonly cols: number;
  /** Columns with the padding: what a position in the kernel's notes counts by. */
  readonly line: number;
  /** Whether it lies on the diagonal of a set's pairs with itself, and so holds each pair twice. */
  readonly diagonal: boolean;
}

/** Work of the kernel on a block, and what follows. */
export interface BlockWork {
  /** The exported function, and its arguments behind the first. */
  readonly call: (block: PairBlock, slot: Slot) => readonly [name: string, ...args: number[]];
  /** Told what it returned, block by block in any order; `index` is the same whatever the order. */
  readonly done: (block: PairBlock, slot: Slot, result: number, index: number) => void;
}

/**
 * Does all pairs of a row of `a` and a row of `b`; with the same set twice, each unordered pair, the blocks on the diagonal first. Yields the share done.
 */
export function* overBlocks(
  { kernel, threads, width, slots }: Int16Sets,
  [a, b]: readonly [Int16Set, Int16Set],
  { call, done }: BlockWork,
): Generator<number, void, undefined> {
  const blocks = blocksOf(a, b);
  const at = (index: number, slot: number): readonly [string, ...number[]] => {
    const block = blocks[index];
    const { fromA, fromB, rows, line } = block;
    const own = slots[slot];
    const left = a.panels + fromA * width * 2;
    const right = b.panels + fromB * width * 2;
    const scales = [a.scales.byteOffset + fromA * 4, b.scales.byteOffset + fromB * 4];
    const words = [left, right, Math.ceil(rows / 4) * 4, line, width, own.strip, ...scales];
    new Int32Array(kernel.buffer, own.block, words.length).set(words);
    const [name, ...args] = call(block, own);
    return [name, own.block, ...args];
  };
  const finished = (index: number, slot: number, result: number): void =>
    done(blocks[index], slots[slot], result, index);
  for (const made of callsOnThreads(kernel, { count: blocks.length, at, done: finished }, threads)) {
    yield made / blocks.length;
  }
}

function blocksOf(a: Int16Set, b: Int16Set): PairBlock[] {
  const same = a === b;
  const blocks: PairBlock[] = [];
  for (let fromA = 0; fromA < a.set.rows; fromA += BLOCK) {
    for (let fromB = same ? fromA : 0; fromB < b.set.rows; fromB += BLOCK) {
      const rows = Math.min(BLOCK, a.set.rows - fromA);
      const cols = Math.min(BLOCK, b.set.rows - fromB);
      blocks.push({ fromA, fromB, rows, cols, line: Math.ceil(cols / 8) * 8, diagonal: same && fromA === fromB });
    }
  }
  return same ? blocks.sort((x, y) => Number(y.diagonal) - Number(x.diagonal)) : blocks;
}
