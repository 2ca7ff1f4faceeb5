import type { TableContent } from './table.js';
import { escapeCell } from './escape.js';

/** A table as Markdown; cells are escaped, so that no text can be markup. */
export function markdownTable({ columns, rows }: TableContent): string {
  const line = (texts: readonly string[]): string => `| ${texts.map(escapeCell).join(' | ')} |`;
  const rule = `|${columns.map(({ align }) => (align === 'right' ? '---:' : '---')).join('|')}|`;
  return [line(columns.map(({ title }) => title)), rule, ...rows.map(line)].join('\n');
}
