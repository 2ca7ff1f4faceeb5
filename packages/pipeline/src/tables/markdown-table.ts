import type { TableContent } from './table.js';
import { escapeCell } from './escape.js';

/** A table as Markdown. Cells are escaped, so that no text can be markup, or are `markup` already. */
export function markdownTable({ columns, rows }: TableContent, cells: 'text' | 'markup' = 'text'): string {
  const cell = cells === 'text' ? escapeCell : (text: string): string => text.replace(/\|/g, '\\|');
  const line = (texts: readonly string[]): string => `| ${texts.map(cell).join(' | ')} |`;
  const rule = `|${columns.map(({ align }) => (align === 'right' ? '---:' : '---')).join('|')}|`;
  return [line(columns.map(({ title }) => title)), rule, ...rows.map(line)].join('\n');
}
