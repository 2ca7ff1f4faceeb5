import { FLOOR } from '../artifacts/metrics.js';
import { columnsOf, type PrintedColumn } from './table-columns.js';
import { caption } from './tables.js';
import type { Summary } from './summary.js';
import { intervalTexts, numberText } from './table-numbers.js';

const ARROWS = { lower: '$\\downarrow$', higher: '$\\uparrow$', target: '' } as const;

/** A `tabular` with booktabs rules; the paper's figures in parentheses. */
export function latexTable(summary: Summary): string {
  const columns = columnsOf(summary);
  const line = (cells: readonly string[]): string => `${cells.join(' & ')} \\\\`;
  const body = summary.methods.map((method) =>
    line([latexText(method), ...columns.map((column) => entryText(column, method))]),
  );
  const floor = columns.map((column) => (column.floor === undefined ? '--' : `$${valueText(column.floor)}$`));
  return [
    `% ${summary.title}. ${caption(summary)}`,
    `\\begin{tabular}{l${'c'.repeat(columns.length)}}`,
    '\\toprule',
    line(['Method', ...columns.map(titleText)]),
    '\\midrule',
    ...body,
    ...(summary.floors.length === 0 ? [] : ['\\midrule', line([FLOOR, ...floor])]),
    '\\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n');
}

function titleText({ name, power, better }: PrintedColumn): string {
  return `${latexText(name)}${power === 0 ? '' : ` $\\cdot 10^{${power}}$`}${ARROWS[better]}`;
}

function entryText({ entries }: PrintedColumn, method: string): string {
  const entry = entries.get(method);
  if (entry === undefined) return '--';
  const value = valueText(entry);
  const paper =
    entry.paper === null ? '' : ` (${entry.raw === null ? '' : `raw ${numberText(entry.raw)}; `}${entry.paper})`;
  return `$${entry.bold ? `\\mathbf{${value}}` : value}$${paper}`;
}

function valueText({ mean, half }: { readonly mean: number; readonly half: number | null }): string {
  return intervalTexts(mean, half).join(' \\pm ');
}

function latexText(text: string): string {
  return text.replace(/[&%$#_{}]/g, '\\$&').replace(/[~^\\](?![&%$#_{}])/g, ' ');
}
