import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { estimateOf, FITTED, NO_CONTEXT, UNIFORM, type ContextGains, type Estimate, type Judged } from './held-out.js';
import { recordGroups } from './record-groups.js';

/** Gains of the fitted gate by group of held-out records; undefined without a fitted gate that sees contexts. */
export function contextGains(
  judged: readonly Pick<Judged, 'name' | 'logLikelihoods'>[],
  heldOut: readonly PopulationRecord[],
  recordsPerDraw: number,
): ContextGains | undefined {
  const of = (name: string): ArrayLike<number> | undefined => judged.find((one) => one.name === name)?.logLikelihoods;
  const [fitted, noContext, uniform] = [of(FITTED), of(NO_CONTEXT), of(UNIFORM)];
  if (fitted === undefined || noContext === undefined || uniform === undefined) return undefined;
  const gains = (other: ArrayLike<number>): number[] => Array.from(fitted, (value, i) => value - other[i]!);
  const [overNoContext, overUniform] = [gains(noContext), gains(uniform)];
  const { over, names, of: groupOf } = recordGroups(heldOut);
  const groups = names.flatMap((name, g) => {
    const rows = heldOut.flatMap((_, i) => (groupOf[i] === g ? [i] : []));
    if (rows.length === 0) return [];
    const estimate = (values: readonly number[]): Estimate => {
      const own = rows.map((i) => values[i]!);
      return estimateOf(own, recordsPerDraw, rows);
    };
    return [{ name, records: rows.length, overUniform: estimate(overUniform), overNoContext: estimate(overNoContext) }];
  });
  return { over, all: estimateOf(overNoContext, recordsPerDraw), groups };
}
