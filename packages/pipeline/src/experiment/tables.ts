import { FEWEST_SEEDS, type Evaluation } from '@mixture-of-personas/metrics';
import { FLOOR, RESAMPLED_SENTENCE } from '../artifacts/metrics.js';
import { markdownTable } from '../tables/markdown-table.js';
import { tableColumns, type TableContent } from '../tables/table.js';
import { isResampled, type Difference, type Entry, type Summary } from './summary.js';
import { columnsOf, SHORT, type PrintedColumn } from './table-columns.js';
import { numberText, powerText, withInterval } from './table-numbers.js';

const ARROWS = { lower: '↓', higher: '↑', target: '' } as const;

/** Figures in one line: `FID 0.121, MAUVE 0.956`. */
export function figuresLine(figures: Evaluation): string {
  return Object.values(figures)
    .map(({ name, value }) => `${SHORT[name] ?? name} ${numberText(value)}`)
    .join(', ');
}

/** The main table as plain text: mean ± half width of the interval; the paper's figure after a slash; `*` where LaTeX has bold. */
export function mainTable(summary: Summary): TableContent {
  return tableOf(summary, (entry) => `${valueText(entry)}${entry.bold ? '*' : ''}${paperText(entry)}`);
}

/** The same for markdown, with bold. */
export function markdownTables(summary: Summary): string {
  const main = tableOf(
    summary,
    (entry) => `${entry.bold ? `**${valueText(entry)}**` : valueText(entry)}${paperText(entry)}`,
  );
  const parts = [`# ${summary.title}`, markdownTable(main, 'markup'), caption(summary)];
  const differences = differenceTable(summary);
  if (differences !== undefined) parts.push(markdownTable(differences, 'markup'), differenceCaption(summary));
  return `${parts.join('\n\n')}\n`;
}

/** One line per entry, for programs: everything the other tables leave out as well. */
export function csvTable({ entries, floors }: Summary): string {
  const head = 'dataset,method,metric,mean,half_width,seeds,values,interval_low,interval_high,paper,bold';
  const rows = entries.map(({ dataset, method, metric, mean, half, seeds, values, interval, paper, bold }) => {
    const [low, high] = interval ?? [];
    return [dataset, method, metric, mean, half, seeds.join(' '), values.join(' '), low, high, paper, bold];
  });
  const real = floors.map(({ dataset, metric, mean, half }) =>
    [dataset, FLOOR, metric, mean, half].concat(Array<string>(5).fill(''), 'false'),
  );
  const lines = [...rows, ...real].map((row) => row.map((value) => csvField(String(value ?? ''))).join(','));
  return `${[head, ...lines].join('\n')}\n`;
}

/** Differences from the reference method, one row per method; undefined where there is none. */
export function differenceTable(summary: Summary): TableContent | undefined {
  const { reference, differences, methods } = summary;
  if (reference === null || differences.length === 0) return undefined;
  const columns = columnsOf(summary);
  return {
    columns: tableColumns(`− ${reference}`, columns.map(titleText)),
    rows: methods
      .filter((name) => name !== reference)
      .map((method) => [method, ...columns.map((column) => differenceText(column.differences.get(method)))]),
  };
}

/** Caption of the main table. */
export function caption({ conditions, datasets, methods, seeds, entries, floors, notes, failures }: Summary): string {
  const [dataset = ''] = datasets;
  const fewest = Math.min(...entries.map((entry) => entry.seeds.length));
  const brackets = entries.some(({ interval }) => interval !== null)
    ? ' In brackets the 95 % interval of that run, which says nothing of other seeds.'
    : '';
  const sentences = [
    datasets.length === 1 && dataset !== '' ? `Data: ${dataset}.` : '',
    conditions,
    seeds.length < 2
      ? `One seed: no spread over seeds, so nothing is marked as best.${brackets}`
      : `Mean ± half width of the 95 % t interval over ${seeds.length} seeds; ${
          seeds.length < FEWEST_SEEDS
            ? `nothing is marked as best with fewer than ${FEWEST_SEEDS} seeds.`
            : 'marked: better than every other row (paired t tests, 5 %, corrected for the number of columns by Holm).'
        }`,
    methods.some(isResampled) ? `${RESAMPLED_SENTENCE} They are not marked.` : '',
    fewest < seeds.length ? `Unfinished: some figures are of ${fewest} of the ${seeds.length} seeds.` : '',
    floors.length === 0
      ? ''
      : 'Real against real: golden and training records against others of them, as many as were compared.',
    entries.some(({ paper }) => paper !== null)
      ? `After the slash: the paper's figure${entries.some(({ raw }) => raw !== null) ? '; raw: ours without correction, to be compared with it' : ''}.`
      : '',
    ...failureTexts(failures),
    ...notes.map(({ note, cells }) => `Noted in ${cells} ${cells === 1 ? 'cell' : 'cells'}: ${note}`),
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** A sentence for each reason for which cells of a method failed. */
function failureTexts(failures: Summary['failures']): string[] {
  const reasons = new Map(failures.map(({ method, problem }) => [`${method} ${problem}`, { method, problem }]));
  return [...reasons.values()].map(({ method, problem }) => {
    const own = failures.filter((one) => one.method === method && one.problem === problem);
    const places = own.map(({ dataset, seed }) => `${dataset} seed ${seed}`.trim());
    return `–: ${method} failed (${places.join(', ')}): ${problem}`;
  });
}

/** Caption of the table of differences. */
export function differenceCaption({ reference }: Summary): string {
  return `Row minus ${reference ?? ''}, mean over shared seeds ± half width of the 95 % t interval: better (+), worse (−) or open (?) than ${reference ?? ''} by paired t tests at 5 %, corrected for their number (Holm); always open with fewer than ${FEWEST_SEEDS} seeds.`;
}

function tableOf(summary: Summary, cell: (entry: Entry) => string): TableContent {
  const columns = columnsOf(summary);
  const rows = summary.methods.map((method) => [
    method,
    ...columns.map(({ entries, dataset }) => {
      const entry = entries.get(method);
      if (entry !== undefined) return cell(entry);
      return summary.failures.some((one) => one.method === method && one.dataset === dataset) ? '–' : '';
    }),
  ]);
  const floors = columns.map(({ floor }) => (floor === undefined ? '' : withInterval(floor.mean, floor.half)));
  return {
    columns: tableColumns('method', columns.map(titleText)),
    rows: summary.floors.length === 0 ? rows : [...rows, [FLOOR, ...floors]],
  };
}

function titleText({ name, power, better }: PrintedColumn): string {
  return `${name}${powerText(power)}${ARROWS[better]}`;
}

function valueText({ mean, half, interval }: Entry): string {
  const value = withInterval(mean, half);
  return interval === null ? value : `${value} [${numberText(interval[0])}, ${numberText(interval[1])}]`;
}

function paperText({ paper, raw }: Entry): string {
  if (paper === null) return '';
  return raw === null ? ` / ${paper}` : ` (raw ${numberText(raw)}) / ${paper}`;
}

function differenceText(difference: Difference | undefined): string {
  if (difference === undefined) return '';
  const sign = { better: '+', worse: '−', open: '?' }[difference.verdict];
  return `${withInterval(difference.mean, difference.half)} (${sign})`;
}

function csvField(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replace(/"/g, '""')}"` : value;
}
