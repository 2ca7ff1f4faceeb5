import { METRICS, type MetricName } from '@mixture-of-personas/metrics';
import type { TableContent } from '../output/table.js';
import type { Difference, Entry, Summary } from './summary.js';

/** Columns of the main table: metrics within data sets. */
interface Column {
  readonly dataset: string;
  readonly metric: MetricName;
  readonly title: string;
}

const SHORT: Readonly<Partial<Record<MetricName, string>>> = {
  frechet: 'FID',
  mauve: 'MAUVE',
  'cosine-kl': 'KL cosine',
  f1: 'F1',
};
const ARROWS = { lower: '↓', higher: '↑', target: '' } as const;

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
export function csvTable({ entries }: Summary): string {
  const head = 'dataset,method,metric,mean,half_width,seeds,values,bootstrap_low,bootstrap_high,paper,bold';
  const lines = entries.map(({ dataset, method, metric, mean, half, seeds, values, bootstrap, paper, bold }) =>
    [dataset, method, metric, mean, half ?? '', seeds.join(' '), values.join(' '), bootstrap?.[0] ?? '']
      .concat([bootstrap?.[1] ?? '', paper ?? '', String(bold)])
      .map((value) => csvField(String(value)))
      .join(','),
  );
  return `${[head, ...lines].join('\n')}\n`;
}

/** A `tabular` with booktabs rules; the paper's figures in parentheses. */
export function latexTable(summary: Summary): string {
  const columns = columnsOf(summary);
  const body = summary.methods.map((method) => {
    const cells = columns.map((column) => {
      const entry = entryAt(summary, column, method);
      if (entry === undefined) return '--';
      const value =
        entry.half === null ? numberText(entry.mean) : `${numberText(entry.mean)} \\pm ${numberText(entry.half)}`;
      const paper = entry.paper === null ? '' : ` (${entry.paper})`;
      return `$${entry.bold ? `\\mathbf{${value}}` : value}$${paper}`;
    });
    return `${[latexText(method), ...cells].join(' & ')} \\\\`;
  });
  const titles = columns.map(({ title }) => latexText(title).replace('↓', '$\\downarrow$').replace('↑', '$\\uparrow$'));
  return [
    `% ${summary.title}. ${caption(summary)}`,
    `\\begin{tabular}{l${'c'.repeat(columns.length)}}`,
    '\\toprule',
    `${['Method', ...titles].join(' & ')} \\\\`,
    '\\midrule',
    ...body,
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
export function caption({ seeds, entries }: Summary): string {
  const spread =
    seeds.length < 2
      ? 'One seed: no spread over seeds, so nothing is marked as best.'
      : `Mean ± half width of the 95 % t interval over ${seeds.length} seeds; marked: better than every other row (paired t test, 5 %).`;
  return entries.some(({ paper }) => paper !== null) ? `${spread} After the slash: the paper's figure.` : spread;
}

/** What stands under the differences. */
export function differenceCaption({ reference }: Summary): string {
  return `Row minus ${reference ?? ''}, mean over shared seeds ± half width of the 95 % t interval: better (+), worse (−) or open (?) than ${reference ?? ''}.`;
}

function tableOf(summary: Summary, cell: (entry: Entry) => string): TableContent {
  const columns = columnsOf(summary);
  return {
    columns: [{ title: 'method' }, ...columns.map(({ title }) => ({ title, align: 'right' as const }))],
    rows: summary.methods.map((method) => [
      method,
      ...columns.map((column) => {
        const entry = entryAt(summary, column, method);
        return entry === undefined ? '' : cell(entry);
      }),
    ]),
  };
}

function columnsOf({ datasets, metrics }: Summary): Column[] {
  return datasets.flatMap((dataset) =>
    metrics.map((metric) => {
      const name = `${SHORT[metric] ?? metric}${ARROWS[METRICS[metric].better]}`;
      return { dataset, metric, title: dataset === '' ? name : `${dataset} ${name}` };
    }),
  );
}

function entryAt({ entries }: Summary, { dataset, metric }: Column, method: string): Entry | undefined {
  return entries.find((one) => one.dataset === dataset && one.metric === metric && one.method === method);
}

function valueText({ mean, half, bootstrap }: Entry): string {
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
  return Number(value.toPrecision(3)).toString();
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
