import { multiplyByTranspose, rowOf, unitRows, type Matrix } from '@mixture-of-personas/numeric';
import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { z } from 'zod';
import { rowsFrom } from './rows.js';
import { list } from './schema.js';

/** The golden record most like each simulated text. */
export const nearestGoldenSchema = z.object({
  /** Golden records that are nearest to some text. */
  records: list(z.object({ id: z.string(), text: z.string() })),
  /** For each simulated row: index in `records` and cosine, or null for an empty text. */
  rows: list(z.tuple([z.number(), z.number()]).readonly().nullable()),
});

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
): z.infer<typeof nearestGoldenSchema> {
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
    const cosines = multiplyByTranspose(rowsFrom(units, from, rows), others);
    for (let i = 0; i < rows; i++) found.push(largestOf(rowOf(cosines, i)));
  }
  return found;
}

function largestOf(row: ArrayLike<number>): [number, number] {
  let best = 0;
  for (let j = 1; j < row.length; j++) if (row[j]! > row[best]!) best = j;
  return [best, row[best]!];
}
