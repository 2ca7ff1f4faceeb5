import type { Matrix } from '@mixture-of-personas/numeric';

import { binOf, exactCosine } from './exact-cosine.js';
import { overBlocks, type BlockWork, type PairBlock } from '../pairs/int16-blocks.js';
import { releaseInt16, int16SetsOf, type Int16Set } from '../pairs/int16.js';

/** Standard deviations of the rounding that decide whether a pair is looked at again: of 10⁷ pairs, 0.001 is expected to slip through. */
const CERTAIN = 5;
/** More of a bin than this, on either side of its edges, is not worth looking at again. */
const WIDEST_MARGIN = 0.05;

/**
 * Histograms the cosines of all pairs i < j by 16-bit products, and recomputes in float64 those near a bin's edge: the counts are those of float64 at
 * twice the speed of float32. As a generator: yields the share of the pairs done.
 * @param given n × d, rows with a direction, whose squares float64 can hold
 * @returns `bins` counts; null where the kernel cannot run, or bins are so narrow that most pairs would be near an edge
 */
export function* countCosinesFast(
  given: Matrix,
  bins: number,
  threads: number,
): Generator<number, Float64Array | null> {
  // Rounding a number to an integer is off by 1/√12; the length of a row is at least 32,767.
  if ((CERTAIN * bins) / (32_767 * Math.sqrt(24)) > WIDEST_MARGIN) return null;
  const counters = bins + 2;
  const int16 = int16SetsOf([given], { threads, counters });
  if (!int16) return null;
  const [rows] = int16.sets;
  let shortest = Infinity;
  rows.factors.forEach((factor, i) => {
    const length = factor * Math.sqrt(rows.squares[i]);
    shortest = Math.min(shortest, length);
    rows.scales[i] = Math.sqrt(bins / 2) / length;
  });
  const counter = edgeCounter(rows, bins, (CERTAIN * bins) / (shortest * Math.sqrt(24)));
  try {
    yield* overBlocks(int16, [rows, rows], counter.work(int16.kernel.buffer));
  } finally {
    releaseInt16(int16);
  }
  return counter.counts();
}

/** Adds up the kernel's tables and decides what it left open. Tables have a counter before the first bin and one behind the last. */
function edgeCounter({ set, squares }: Int16Set, bins: number, margin: number) {
  const totals = new Float64Array(bins);
  const [half, counters] = [bins / 2 + 1, bins + 2];
  /** Decides a doubtful pair in float64. */
  const recount = ({ fromA, fromB, rows, cols, line, diagonal }: PairBlock, position: number): void => {
    const [r, c] = [Math.floor(position / line), position % line];
    if (r >= rows || c >= cols || (diagonal && r >= c)) return;
    totals[binOf(exactCosine(set, squares, fromA + r, fromB + c), bins)]++;
  };
  const addTable = ({ rows, cols, line, diagonal }: PairBlock, table: Int32Array): void => {
    // Rows of zeros behind the last have product 0, which is counted unless it falls on an edge.
    const padding = Math.ceil(rows / 4) * 4 * line - rows * cols;
    if (Math.abs(half - Math.floor(half) - 0.5) <= 0.5 - margin) table[Math.floor(half)] -= padding;
    for (let at = 0; at < table.length; at++) {
      totals[Math.min(bins - 1, Math.max(0, (at % counters) - 1))] += table[at] / (diagonal ? 2 : 1);
    }
  };
  return {
    work: (buffer: ArrayBufferLike): BlockWork => ({
      call: (_, { tables, notes }) => {
        new Int32Array(buffer, tables, 4 * counters).fill(0);
        return ['countBlock', half, 0.5 - margin, tables, counters, notes];
      },
      done: (block, { tables, notes }, noted) => {
        new Int32Array(buffer, notes, noted).forEach((position) => recount(block, position));
        addTable(block, new Int32Array(buffer, tables, 4 * counters));
      },
    }),
    /** The counts. A row's product with itself may be further off than others, and a few are not noted: they sit in the last bin, half each. */
    counts(): Float64Array {
      const pairs = (set.rows * (set.rows - 1)) / 2;
      totals[bins - 1] -= totals.reduce((a, b) => a + b, 0) - pairs;
      return totals;
    },
  };
}
