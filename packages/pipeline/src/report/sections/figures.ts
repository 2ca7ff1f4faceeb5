import { METRICS, type Evaluation, type MetricValue, type MetricName } from '@mixture-of-personas/metrics';
import { FLOOR, RESAMPLED, RESAMPLED_SENTENCE, type EvaluatedTexts } from '../../artifacts/metrics.js';
import {
  contextGainsTable,
  floorText,
  heldOutCaption,
  heldOutTable,
  ownCopies,
  setsSentence,
  warningLines,
} from '../../cards/tables.js';
import { fixedText, numberText } from '../elements/format.js';
import { safe, NOTHING, type Html } from '../elements/html.js';
import type { ReportInput } from '../elements/report-input.js';
import { pageTable, warningList } from '../elements/table.js';
import { tableColumns } from '../../tables/table.js';

const DIRECTIONS = {
  lower: '↓ lower is closer',
  higher: '↑ higher is closer',
  target: '→ close to golden’s own',
} as const;

/** Section of figures: distance of each simulated set from the golden records, and likelihood of each mixture on held-out records. */
export function figures({ metrics }: ReportInput): Html {
  const { sets } = metrics.evaluation;
  const names = [...new Set(sets.flatMap(({ figures: found }) => Object.keys(found)))] as MetricName[];
  const caption = `${setsSentence(metrics.evaluation)} Bold: better than every other set that a model wrote, by intervals that do not touch.${sets.some(({ name }) => name === RESAMPLED) ? ` ${RESAMPLED_SENTENCE}` : ''}`;
  return safe`${pageTable({
    caption,
    columns: tableColumns('metric', [...sets.map(({ name }) => name), FLOOR]),
    rows: names.flatMap((name) => [metricRow(name, sets), ...(name === 'leak' ? ownCopies(sets, numberText) : [])]),
  })}${warningList(warningLines(sets, (metric) => METRICS[metric].title))}${heldOutPart(metrics.heldOut)}`;
}

function metricRow(name: keyof Evaluation, sets: readonly EvaluatedTexts[]): (string | Html)[] {
  const found = sets.map(({ figures: of }) => of[name]);
  const { title, better } = METRICS[name];
  const preset = found.find((figure) => figure !== undefined)?.settings['preset'];
  const written = found.filter((_, i) => sets[i]?.name !== RESAMPLED);
  const best = bestOf(written, better);
  return [
    safe`${title}${preset === undefined ? '' : ` (${String(preset)})`} <small>${DIRECTIONS[better]}</small>`,
    ...found.map((figure, i) => (i === best ? safe`<strong>${valueText(figure)}</strong>` : valueText(figure))),
    floorText(sets[0]?.figures[name], numberText),
  ];
}

/** The set whose interval lies on the better side of all others', if there is one and more than one set to choose from. */
function bestOf(found: readonly (MetricValue | undefined)[], better: 'lower' | 'higher' | 'target'): number {
  const intervals = found.map((figure) => figure?.interval ?? null);
  if (better === 'target' || found.length < 2) return -1;
  return intervals.findIndex((own, i) =>
    intervals.every((other, j) => {
      if (i === j) return own !== null;
      if (own === null || other === null) return false;
      return better === 'lower' ? own[1] < other[0] : own[0] > other[1];
    }),
  );
}

function valueText(figure: MetricValue | undefined): string | Html {
  if (figure === undefined) return '–';
  const { value, interval } = figure;
  if (interval === null) return numberText(value);
  return safe`${numberText(value)} <small>[${numberText(interval[0])}, ${numberText(interval[1])}]</small>`;
}

function heldOutPart(heldOut: ReportInput['metrics']['heldOut']): Html {
  if (heldOut === null) return NOTHING;
  // Who speaks when has a section of its own.
  const caption = heldOutCaption({ ...heldOut, propensity: { ...heldOut.propensity, information: null } });
  return safe`<h3>Held-out records</h3>
    ${pageTable({ caption, ...heldOutTable(heldOut) })}${contextPart(heldOut)}`;
}

function contextPart(heldOut: NonNullable<ReportInput['metrics']['heldOut']>): Html {
  const table = contextGainsTable(heldOut);
  if (table === undefined || heldOut.contexts === undefined) return NOTHING;
  const { mean, standardError } = heldOut.contexts.all;
  const error = standardError === null ? '' : ` (s.e. ${fixedText(standardError, 2)})`;
  return safe`<h3>Gain by context</h3>
    <p>
      On held-out records the gate that sees the context is worth ${fixedText(mean, 2)}${error} nats per record more than its
      own mean weights, which are the same in every context.
    </p>
    ${pageTable({ caption: 'Gains of the fitted gate in nats per held-out record.', ...table })}`;
}
