import { encodeLines } from '../data/tables/jsonl.js';
import type { RunFolder } from '../run-folder/run-folder.js';
import type { Artifact } from './artifact.js';

/** Work that is cut into blocks of rows, each made as a whole from its row numbers alone. */
export interface BlockWork<Row> {
  /** The file under `partial/` that keeps the rows so far. */
  readonly artifact: Artifact<readonly Row[]>;
  readonly total: number;
  /** Stops after the block that has as many rows. @defaultValue `total` */
  readonly atLeast?: number;
  /** Rows per block; a setting of the run, since it decides what is computed together. */
  readonly blockSize: number;
  /** Blocks under way at a time, > 1 where none needs the rows before it. @defaultValue 1 */
  readonly together?: number;
  /** The rows from `from` up to `to`, exclusive, in order, given all rows before them where one block is under way at a time. */
  readonly make: (from: number, to: number, earlier: readonly Row[]) => Promise<readonly Row[]>;
  /** Called with the rows there are, before the first block and after each. */
  readonly onBlock?: (done: number) => void;
}

/**
 * All rows of a piece of work, continued after the last whole block that an earlier process kept. A block that was under way at a kill is
 * made again from its start: what is computed together is then the same in every life of a run, and so are its bytes.
 */
export async function rowsInBlocks<Row>(folder: RunFolder, work: BlockWork<Row>): Promise<readonly Row[]> {
  const { artifact, total, atLeast = total, blockSize, together = 1, make, onBlock } = work;
  const kept = await folder.readPartial(artifact);
  const rows = kept?.slice(0, wholeBlocks(kept.length, total, blockSize)) ?? [];
  // Written again without what a kill left of a block or a line, which would swallow the next block's first row.
  if (kept !== undefined) await folder.writePartial(artifact.name, encodeLines(rows));
  onBlock?.(rows.length);
  const underWay: Promise<readonly Row[]>[] = [];
  try {
    for (let from = rows.length; rows.length < Math.min(total, atLeast);) {
      for (; underWay.length < together && from < Math.min(total, atLeast); from += blockSize)
        underWay.push(make(from, Math.min(total, from + blockSize), rows));
      const block = await underWay[0]!;
      await folder.appendPartial(artifact.name, encodeLines(block));
      rows.push(...block);
      onBlock?.(rows.length);
      await underWay.shift();
    }
  } finally {
    await Promise.allSettled(underWay);
  }
  return rows;
}

function wholeBlocks(rows: number, total: number, blockSize: number): number {
  return rows >= total ? total : rows - (rows % blockSize);
}
