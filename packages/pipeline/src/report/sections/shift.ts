import { groupShiftTable, shiftSentence, shiftTable } from '../../cards/shift-table.js';
import { safe, NOTHING, type Html } from '../elements/html.js';
import type { ReportInput } from '../elements/report-input.js';
import { pageTable } from '../elements/table.js';

/** Section on the changes by the fit: which personas and exemplars gained weight, and which lost it. */
export function shiftSection({ metrics: { heldOut } }: ReportInput): Html {
  const shift = heldOut?.shift;
  if (heldOut === null || shift === undefined)
    return safe`<p>Weights before and after are not kept in this run: no held-out records were compared.</p>`;
  const groups = groupShiftTable(shift);
  const { personas, exemplars } = shift;
  const moved = [personas, exemplars].some(({ gained, lost }) => gained.length + lost.length > 0);
  const tables = moved
    ? safe`${pageTable({ caption: 'What gained and what lost weight, as multiples of its equal weight.', ...shiftTable(shift) })}
    ${groups === undefined ? NOTHING : pageTable({ caption: 'Weight of the exemplars before and after the fit.', ...groups })}`
    : NOTHING;
  return safe`<p>${shiftSentence(shift, heldOut)}</p>
    ${tables}`;
}
