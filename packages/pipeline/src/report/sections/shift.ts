import type { ShiftOfKind, WeightShift } from '../../analysis/weight-shift.js';
import { groupShiftTable, shiftSentence, shiftTable } from '../../cards/shift-table.js';
import { safe, NOTHING, type Html } from '../elements/html.js';
import type { ReportInput } from '../elements/report-input.js';
import { folded, pageTable } from '../elements/table.js';
import { figureForAnyWidth } from '../plots/draw.js';
import { groupShiftPlot, movedPlot } from '../plots/shift-plots.js';

/** Section on the changes by the fit: which personas and exemplars gained weight, and which lost it. */
export function shiftSection({ metrics: { heldOut }, personas, names }: ReportInput): Html {
  const shift = heldOut?.shift;
  if (heldOut === null || shift === undefined)
    return safe`<p>Weights before and after are not kept in this run: no held-out records were compared.</p>`;
  const sentence = safe`<p>${shiftSentence(shift, heldOut)}</p>`;
  const moved = [shift.personas, shift.exemplars].some(({ gained, lost }) => gained.length + lost.length > 0);
  if (!moved) return sentence;
  const nameOf = new Map(personas.map(({ id }, k) => [id, names[k] ?? '']));
  return safe`${sentence}
    ${movedFigure('personas', shift.personas, ({ id, text }) => nameOf.get(id) ?? text)}
    ${movedFigure('exemplars', shift.exemplars, ({ text, context }) => (context === null ? text : `${context} · ${text}`))}
    ${groupFigure(shift)} ${folded('The same as tables', tables(shift))}`;
}

function movedFigure(
  kind: string,
  { count, gained, lost }: ShiftOfKind,
  nameOf: (one: ShiftOfKind['gained'][number]) => string,
): Html {
  // The lists begin with what moved most; the plot has the largest weight above and the smallest below.
  const rows = [...gained, ...[...lost].reverse()].map((one) => ({ name: nameOf(one), multiple: one.weight * count }));
  if (rows.length === 0) return NOTHING;
  return figureForAnyWidth(
    (width) => movedPlot(rows, kind, width),
    safe`<b>Weight of the ${kind} that moved most.</b> The line is equal weight, one of ${String(count)}: blue
      ones are drawn more often now, orange ones less often.`,
  );
}

function groupFigure({ groups }: WeightShift): Html {
  if (groups === null || groups.rows.length < 2) return NOTHING;
  const ordered = groups.over === 'year' || groups.over === 'number';
  return figureForAnyWidth(
    (width) => groupShiftPlot(groups.rows, ordered, width),
    safe`<b>Weight of the exemplars by ${groups.over}.</b> Bars: after the fit; lines across: with equal weights, which is
      how many of the exemplars are of that ${groups.over}.`,
  );
}

function tables(shift: WeightShift): Html {
  const groups = groupShiftTable(shift);
  const ofGroups =
    groups === undefined
      ? NOTHING
      : pageTable({ caption: 'Weight of the exemplars before and after the fit.', ...groups });
  return safe`${pageTable({ caption: 'What gained and what lost weight, as multiples of its equal weight.', ...shiftTable(shift) })}
    ${ofGroups}`;
}
