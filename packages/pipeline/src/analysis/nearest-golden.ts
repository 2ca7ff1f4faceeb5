import { multiplyByTranspose, rowOf, unitRows, type Matrix } from '@mixture-of-personas/numeric';
import type { PopulationRecord } from '@mixture-of-personas/synthesis';

/** The golden record most like each simulated text. */
export interface NearestGolden {
  /** Golden records that are nearest to some text. */
  readonly records: readonly { readonly id: string; readonly text: string }[];
  /** For each simulated row: index in `records` and cosine, or null for an empty text. */
  readonly rows: readonly (readonly [number, number] | null)[];
}

/** Rows multiplied at a time: a tile of this many times all golden records stays in the tens of megabytes. */
const TILE = 512;

/**
 * Nearest golden record of each simulated row by cosine; ties go to the earlier record.
 * @param written for each simulated row whether it has a row in `simulated`
 * @param simulated embeddings of the rows that have one, in order
 * @param golden records with their embeddings, row by row
 */
export function nearestGolden(
  written: readonly boolean[],
  simulated: Matrix,
  golden: { readonly records: readonly PopulationRecord[]; readonly embeddings: Matrix },
): NearestGolden {
  const found = nearestRows(simulated, golden.embeddings);
  const used = [...new Set(found.map(([row]) => row))].sort((a, b) => a - b);
  const place = new Map(used.map((row, i) => [row, i]));
  let next = 0;
  const rows = written.map((isWritten): [number, number] | null => {
    if (!isWritten) return null;
    const [row, cosine] = found[next++]!;
    return [place.get(row)!, Number(cosine.toFixed(4))];
  });
  return { records: used.map((row) => ({ id: golden.records[row]!.id, text: golden.records[row]!.text })), rows };
}

function nearestRows(simulated: Matrix, golden: Matrix): [number, number][] {
  const others = unitRows(golden);
  const units = unitRows(simulated);
  const found: [number, number][] = [];
  for (let from = 0; from < units.rows; from += TILE) {
    const rows = Math.min(TILE, units.rows - from);
    const data = units.data.subarray(from * units.cols, (from + rows) * units.cols);
    const cosines = multiplyByTranspose({ data, rows, cols: units.cols }, others);
    for (let i = 0; i < rows; i++) found.push(largestOf(rowOf(cosines, i)));
  }
  return found;
}

function largestOf(row: ArrayLike<number>): [number, number] {
  let best = 0;
  for (let j = 1; j < row.length; j++) if (row[j]! > row[best]!) best = j;
  return [best, row[best]!];
}
