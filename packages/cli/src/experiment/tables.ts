import { METRICS, type Evaluation, type MetricName } from '@mixture-of-personas/metrics';
import type { TableContent } from '../output/table.js';
import type { Difference, Entry, Floor, Summary } from './summary.js';

/** Columns of the main table: metrics within data sets. */
interface Column {
  readonly dataset: string;
  readonly metric: MetricName;
  readonly title: string;
}

/** Name of the row that stands for golden records against golden records. */
const FLOOR = 'golden against golden';

const SHORT: Readonly<Partial<Record<MetricName, string>>> = {
  frechet: 'FID',
  mauve: 'MAUVE',
  'cosine-kl': 'KL cosine',
  kid: 'KID',
  f1: 'F1',
};
const ARROWS = { lower: '↓', higher: '↑', target: '' } as const;

/** Figures in one line: `FID 0.121, MAUVE 0.956`. */
export function figuresLine(figures: Evaluation): string {
  return Object.values(figures)
    .map(({ name, value }) => `${SHORT[name] ?? name} ${numberText(value)}`)
    .join(', ');
}

/** The main table as plain text: mean ± half width of the interval; the paper's figure after a slash; `*` where LaTeX has bold. */
export function mainTable(summary: Summary): TableContent {
  return tableOf(summary, (entry) => `${valueText(entry)}${entry.bold ? '*' : ''}${paperText(entry, ' / ')}`);
}

/** The same for markdown, with bold. */
export function markdownTables(summary: Summary): string {
  const main = tableOf(
    summary,
    (entry) => `${entry.bold ? `**${valueText(entry)}**` : valueText(entry)}${paperText(entry, ' / ')}`,
  );
  const parts = [`# ${summary.title}`, markdown(main), caption(summary)];
  const differences = differenceTable(summary);
  if (differences !== undefined) parts.push(markdown(differences), differenceCaption(summary));
  return `${parts.join('\n\n')}\n`;
}

/** One line an entry, for programs: everything the other tables leave out as well. */
export function csvTable({ entries, floors }: Summary): string {
  const head = 'dataset,method,metric,mean,half_width,seeds,values,bootstrap_low,bootstrap_high,paper,bold';
  const lines = entries.map(({ dataset, method, metric, mean, half, seeds, values, bootstrap, paper, bold }) =>
    [dataset, method, metric, mean, half ?? '', seeds.join(' '), values.join(' '), bootstrap?.[0] ?? '']
      .concat([bootstrap?.[1] ?? '', paper ?? '', String(bold)])
      .map((value) => csvField(String(value)))
      .join(','),
  );
  const floor = floors.map(({ dataset, metric, mean, half }) =>
    [dataset, FLOOR, metric, mean, half ?? '', '', '', '', '', '', 'false']
      .map((value) => csvField(String(value)))
      .join(','),
  );
  return `${[head, ...lines, ...floor].join('\n')}\n`;
}

/** A `tabular` with booktabs rules; the paper's figures in parentheses. */
export function latexTable(summary: Summary): string {
  const columns = columnsOf(summary);
  const body = summary.methods.map((method) => {
    const cells = columns.map((column) => {
      const entry = entryAt(summary, column, method);
      if (entry === undefined) return '--';
      const value =
        entry.half === null ? plainNumber(entry.mean) : `${plainNumber(entry.mean)} \\pm ${plainNumber(entry.half)}`;
      const paper = entry.paper === null ? '' : ` (${entry.paper})`;
      return `$${entry.bold ? `\\mathbf{${value}}` : value}$${paper}`;
    });
    return `${[latexText(method), ...cells].join(' & ')} \\\\`;
  });
  const floor = columns.map((column) => {
    const at = floorAt(summary, column);
    return at === undefined
      ? '--'
      : `$${plainNumber(at.mean)}${at.half === null ? '' : ` \\pm ${plainNumber(at.half)}`}$`;
  });
  const floorRow = summary.floors.length === 0 ? [] : ['\\midrule', `${[FLOOR, ...floor].join(' & ')} \\\\`];
  const titles = columns.map(({ title }) => latexText(title).replace('↓', '$\\downarrow$').replace('↑', '$\\uparrow$'));
  return [
    `% ${summary.title}. ${caption(summary)}`,
    `\\begin{tabular}{l${'c'.repeat(columns.length)}}`,
    '\\toprule',
    `${['Method', ...titles].join(' & ')} \\\\`,
    '\\midrule',
    ...body,
    ...floorRow,
    '\\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n');
}

/** Differences from the reference method, one row a method; undefined where there is none. */
export function differenceTable(summary: Summary): TableContent | undefined {
  const { reference, differences, methods } = summary;
  if (reference === null || differences.length === 0) return undefined;
  const columns = columnsOf(summary);
  const cell = (method: string, column: Column): string => {
    const found = differences.find(
      (one) => one.method === method && one.dataset === column.dataset && one.metric === column.metric,
    );
    return found === undefined ? '' : differenceText(found);
  };
  return {
    columns: [{ title: `− ${reference}` }, ...columns.map(({ title }) => ({ title, align: 'right' as const }))],
    rows: methods
      .filter((name) => name !== reference)
      .map((method) => [method, ...columns.map((column) => cell(method, column))]),
  };
}

/** What stands under the main table. */
export function caption({ datasets, seeds, entries, floors }: Summary): string {
  const [dataset = ''] = datasets;
  const brackets = entries.some(({ bootstrap }) => bootstrap !== null)
    ? ' In brackets a bootstrap interval, corrected for what a finite sample adds, so that it may leave its figure out.'
    : '';
  const sentences = [
    datasets.length === 1 && dataset !== '' ? `Data: ${dataset}.` : '',
    seeds.length < 2
      ? `One seed: no spread over seeds, so nothing is marked as best.${brackets}`
      : `Mean ± half width of the 95 % t interval over ${seeds.length} seeds; marked: better than every other row (paired t test, 5 %).`,
    floors.length === 0 ? '' : 'Golden against golden: two random halves of the golden records.',
    entries.some(({ paper }) => paper !== null) ? "After the slash: the paper's figure." : '',
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** What stands under the differences. */
export function differenceCaption({ reference }: Summary): string {
  return `Row minus ${reference ?? ''}, mean over shared seeds ± half width of the 95 % t interval: better (+), worse (−) or open (?) than ${reference ?? ''}.`;
}

function tableOf(summary: Summary, cell: (entry: Entry) => string): TableContent {
  const columns = columnsOf(summary);
  return {
    columns: [{ title: 'method' }, ...columns.map(({ title }) => ({ title, align: 'right' as const }))],
    rows: [
      ...summary.methods.map((method) => [
        method,
        ...columns.map((column) => {
          const entry = entryAt(summary, column, method);
          return entry === undefined ? '' : cell(entry);
        }),
      ]),
      ...(summary.floors.length === 0 ? [] : [[FLOOR, ...columns.map((column) => floorText(summary, column))]]),
    ],
  };
}

function columnsOf({ datasets, metrics }: Summary): Column[] {
  return datasets.flatMap((dataset) =>
    metrics.map((metric) => {
      const name = `${SHORT[metric] ?? metric}${ARROWS[METRICS[metric].better]}`;
      return { dataset, metric, title: datasets.length < 2 ? name : `${dataset} ${name}` };
    }),
  );
}

function entryAt({ entries }: Summary, { dataset, metric }: Column, method: string): Entry | undefined {
  return entries.find((one) => one.dataset === dataset && one.metric === metric && one.method === method);
}

function floorAt({ floors }: Summary, { dataset, metric }: Column): Floor | undefined {
  return floors.find((one) => one.dataset === dataset && one.metric === metric);
}

function floorText(summary: Summary, column: Column): string {
  const floor = floorAt(summary, column);
  return floor === undefined ? '' : valueText({ ...floor, bootstrap: null });
}

function valueText({ mean, half, bootstrap }: Pick<Entry, 'mean' | 'half' | 'bootstrap'>): string {
  if (half !== null) return `${numberText(mean)} ± ${numberText(half)}`;
  return bootstrap === null
    ? numberText(mean)
    : `${numberText(mean)} [${numberText(bootstrap[0])}, ${numberText(bootstrap[1])}]`;
}

function paperText({ paper }: Entry, before: string): string {
  return paper === null ? '' : `${before}${paper}`;
}

function differenceText({ mean, half, verdict }: Difference): string {
  const sign = { better: '+', worse: '−', open: '?' }[verdict];
  return `${numberText(mean)}${half === null ? '' : ` ± ${numberText(half)}`} (${sign})`;
}

function numberText(value: number): string {
  return plainNumber(value).replace('-', '−');
}

/** Three significant digits, with the minus sign that programs know. */
function plainNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function markdown({ columns, rows }: TableContent): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
  const rule = columns.map(({ align }) => (align === 'right' ? '--:' : '---'));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)].join('\n');
}

function csvField(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replace(/"/g, '""')}"` : value;
}

function latexText(text: string): string {
  return text.replace(/[&%$#_{}]/g, '\\$&').replace(/[~^\\](?![&%$#_{}])/g, ' ');
}
