import type { ShiftedText, ShiftOfKind, WeightShift } from '../analysis/weight-shift.js';
import { tableColumns, type TableContent } from '../tables/table.js';
import { biasOf, EQUAL, FITTED, INITIAL, UNIFORM, type HeldOutComparison } from '../analysis/held-out.js';
import { gainText } from './tables.js';

/** Characters of a text in the table. */
const SHOWN = 36;

/** Personas and exemplars that gained or lost most weight, as multiples of their equal weight. */
export function shiftTable({ personas, exemplars }: WeightShift): TableContent {
  return {
    columns: tableColumns('by the fit', ['× equal'], 'text'),
    rows: [...rowsOf('persona', personas), ...rowsOf('exemplar', exemplars)],
  };
}

/** Weight of the exemplars by group, such as the decade, before and after the fit; undefined where they share nothing. */
export function groupShiftTable({ groups }: WeightShift): TableContent | undefined {
  if (groups === null) return undefined;
  return {
    columns: tableColumns(`exemplars by ${groups.over}`, ['equal weights', 'after the fit']),
    rows: groups.rows.map(({ name, equal, weight }) => [name, percent(equal), percent(weight)]),
  };
}

/** Changes by the fit, in words: effective numbers and the gain, or that there was nothing to gain. */
export function shiftSentence(shift: WeightShift, { rows }: Pick<HeldOutComparison, 'rows'>): string {
  const fitted = rows.find(({ name }) => name === FITTED);
  const { personas, exemplars } = shift;
  if (fitted === undefined) {
    if (personas.gained.length + exemplars.gained.length > 0)
      return 'The fit kept the gate that it started from, whose weights are compared with equal ones.';
    return 'There was nothing to gain: the fit changed no weight. Personas and exemplars that come from the population itself are already a sample of it.';
  }
  return (
    `With equal weights all ${personas.count} personas and ${exemplars.count} exemplars weigh the same; after the fit the weights are those of ` +
    `${personas.effective.toFixed(1)} effective personas and ${exemplars.effective.toFixed(1)} effective exemplars. ${gainSentence(rows)}` +
    `${mostMoved(shift)}Weights are means over ${shift.records} training records.`
  );
}

/** The groups that gained, in one sentence; nothing without groups. */
function mostMoved({ groups }: WeightShift): string {
  if (groups === null) return '';
  const gained = groups.rows.filter(({ equal, weight }) => weight > equal);
  if (gained.length === 0) return '';
  const top = gained.sort((a, b) => b.weight - b.equal - (a.weight - a.equal)).slice(0, 4);
  const of = (key: 'equal' | 'weight'): number => top.reduce((sum, group) => sum + group[key], 0);
  const names = top.map(({ name }) => name).sort();
  return `The exemplars of ${names.join(', ')} had ${percent(of('equal'))} of the weight and now have ${percent(of('weight'))}. `;
}

/** Gains of the fitted gate over the two gates that nothing was fitted to. */
function gainSentence(rows: HeldOutComparison['rows']): string {
  const gains = [UNIFORM, INITIAL].flatMap((name) => {
    const gain = rows.find((row) => row.name === name)?.fittedAgainst;
    return gain ? `${gainText(gain, biasOf(rows, FITTED, name))} over ${name === UNIFORM ? EQUAL : `the ${name}`}` : [];
  });
  return gains.length === 0
    ? ''
    : `The gain of the fitted gate on held-out records, in nats per record (s.e., bias): ${gains.join(' and ')}. `;
}

function rowsOf(kind: string, { count, gained, lost }: ShiftOfKind): string[][] {
  const row = (side: string) => (one: ShiftedText) => [
    `${kind} ${side}`,
    (one.weight * count).toPrecision(2),
    `${one.context === null ? '' : `[${one.context}] `}${one.text.length > SHOWN ? `${one.text.slice(0, SHOWN)}…` : one.text}`,
  ];
  return [...gained.map(row('gained')), ...lost.map(row('lost'))];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
