import { formatTable, tableColumns } from '../../tables/table.js';
import type { Counterfactual } from './counterfactual.js';
import type { GroupShare } from './group-shares.js';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const signed = (share: number): string => `${share < 0 ? '−' : '+'}${(100 * Math.abs(share)).toFixed(1)}`;

/** An audit for people, its table no wider than `width`. */
export function auditText(
  audit: { readonly groups: readonly GroupShare[]; readonly swaps: readonly Counterfactual[] },
  width: number,
): string {
  const table = formatTable(
    {
      columns: tableColumns('group', ['records', 'simulated', 'difference (95 %)', 'persona mass', 'exemplar mass']),
      rows: audit.groups.map(({ group, records, simulated, difference, personaMass, exemplarMass }) => [
        group,
        percent(records),
        percent(simulated),
        `${signed(difference.mean)} (${signed(difference.low)} to ${signed(difference.high)})`,
        percent(personaMass),
        percent(exemplarMass),
      ]),
    },
    width,
  );
  const caption =
    'Share of texts with a term of the group. Persona mass: mean π of the personas that have one; exemplar mass: share of the texts written after an exemplar that has one.';
  return [table, caption, ...audit.swaps.map(swapText)].join('\n\n');
}

function swapText({ between: [a, b], texts, cosine, shares, examples }: Counterfactual): string {
  if (texts === 0) return `${a} ↔ ${b}: no persona that was drawn has any of these terms, so there is nothing to swap.`;
  const lines = [
    `${a} ↔ ${b} in the personas, ${texts} texts written again with the same draws:`,
    `cosine to the text as written ${cosine.swapped.toFixed(3)} after the swap, ${cosine.redrawn.toFixed(3)} with other draws alone (difference ${cosine.difference < 0 ? '−' : '+'}${Math.abs(cosine.difference).toFixed(3)}, s.e. ${cosine.standardError.toFixed(3)})`,
    ...shares.map(
      ({ group, asWritten, swapped }) =>
        `texts with terms of ${group}: ${percent(asWritten)} as written, ${percent(swapped)} after the swap`,
    ),
    ...examples.flatMap(({ id, text, swapped }) => [`${id}: ${text}`, `${id} swapped: ${swapped}`]),
  ];
  return lines.join('\n  ');
}
