import { mixtureOf, topPairs, type Gate, type Population } from '@mixture-of-personas/gating';
import { randomFor, rowOf, sampleWithoutReplacement, takeRows } from '@mixture-of-personas/numeric';
import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import type { AuditRecord } from './report-data.js';

/** As many as the paper's raters were shown. */
const RECORDS = 20;
const PAIRS = 3;

/**
 * Draws records and finds the pairs of largest π·Ω for each; a record is not its own exemplar.
 * @param rows the records to draw from, as rows of the population; `records` are all of the population's, row by row
 */
export function auditSample(
  { gate, population, seed }: { readonly gate: Gate; readonly population: Population; readonly seed: number },
  rows: ArrayLike<number>,
  records: readonly PopulationRecord[],
): AuditRecord[] {
  const drawn = sampleWithoutReplacement(rows.length, RECORDS, randomFor(seed, 'audit', 0));
  const chosen = Array.from(drawn, (i) => rows[i]!);
  const { personas, exemplars, ownExemplar } = population;
  const contexts = takeRows(population.records, chosen);
  const masked = chosen.map((row) => ownExemplar?.[row] ?? -1);
  const mixture = mixtureOf(gate, { contexts, personas, exemplars, ...(exemplars.rows > 1 ? { masked } : {}) });
  const pairs = topPairs(mixture, Math.min(PAIRS, personas.rows * exemplars.rows));
  return chosen.map((row, b) => {
    const { id, text, label = null, context = null } = records[row]!;
    const logPersona = rowOf(mixture.logPersona, b);
    const found = Array.from({ length: pairs.perRow }, (_, m) => {
      const at = b * pairs.perRow + m;
      const persona = pairs.personas[at]!;
      const weight = Math.exp(pairs.logWeights[at]!);
      return { persona, exemplar: pairs.exemplars[at]!, weight, personaProbability: Math.exp(logPersona[persona]!) };
    });
    return { id, text, label, context, pairs: found.filter(({ weight }) => weight > 0) };
  });
}
