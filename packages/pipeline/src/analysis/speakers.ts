import type { Persona } from '@mixture-of-personas/synthesis';
import { z } from 'zod';
import type { Propensity } from './propensity.js';

/** Most probable speaker of some groups of records. */
export const speaker = z.object({
  /** One group, or neighboring ones as `1790s–1820s`. */
  groups: z.string(),
  personaId: z.string(),
  persona: z.string(),
  /** Mean π of that persona over the records of the groups, 0 … 1. */
  probability: z.number(),
});

/** The most probable persona of each group; of ordered groups, neighbors with the same one are put together. Groups without records are left out. */
export function speakersOf({ groups, ordered }: Propensity, personas: readonly Persona[]): z.infer<typeof speaker>[] {
  const runs: { from: string; to: string; top: number; records: number; sum: number }[] = [];
  for (const { name, records, personas: shares } of groups) {
    if (records === 0) continue;
    const top = shares.indexOf(Math.max(...shares));
    const weight = records * shares[top]!;
    const last = runs.at(-1);
    if (ordered && last?.top === top) {
      last.to = name;
      last.records += records;
      last.sum += weight;
    } else runs.push({ from: name, to: name, top, records, sum: weight });
  }
  return runs.map(({ from, to, top, records, sum }) => ({
    groups: from === to ? from : `${from}–${to}`,
    personaId: personas[top]!.id,
    persona: personas[top]!.persona,
    probability: sum / records,
  }));
}
