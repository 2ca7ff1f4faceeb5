import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { UserError } from '../errors.js';

/** Labels that a refusal lists at most. */
const LISTED = 20;

/**
 * A filter that keeps the records with one of `labels`, written as the source writes them; all records when undefined.
 * @returns `wants`, and `refusal`: the error of a source that has no wanted record, undefined where all records are wanted
 */
export function labelFilter(labels: readonly string[] | undefined): {
  wants: (record: PopulationRecord) => boolean;
  refusal: (place: string) => UserError | undefined;
} {
  const wanted = new Set(labels);
  const met = new Set<string>();
  return {
    wants({ label }) {
      if (labels === undefined) return true;
      if (label === undefined) return false;
      if (met.size < LISTED) met.add(label);
      return wanted.has(label);
    },
    refusal(place) {
      if (labels === undefined) return undefined;
      const there = met.size === 0 ? 'its records have no labels' : `its labels are ${[...met].join(', ')}`;
      const problem = `${place} has no record with the label ${labels.join(' or ')}: ${there}.`;
      const remedy = 'Write labels as the file does, and name their column with columns.label.';
      return new UserError('no-records', problem, { remedy });
    },
  };
}
