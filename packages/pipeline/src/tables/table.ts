import Table from 'cli-table3';

/** A table for people: one heading per column, one text per cell; numbers are aligned to the right. */
export interface TableContent {
  readonly columns: readonly { readonly title: string; readonly align?: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

/** Columns by their titles: of words one by one, of numbers, which stand to the right, as lists. */
export function tableColumns(...titles: readonly (string | readonly string[])[]): TableContent['columns'] {
  return titles.flatMap((title) =>
    typeof title === 'string' ? [{ title }] : title.map((one) => ({ title: one, align: 'right' as const })),
  );
}

const NO_BORDER = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
    .map((side) => [side, '']),
);

/**
 * The table as text without a line end after it. Where it would be wider than `width`, each row becomes a block of `column: value` lines.
 */
export function formatTable({ columns, rows }: TableContent, width: number): string {
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align = 'left' }) => align),
    chars: { ...NO_BORDER, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  if (lines.every((line) => line.length <= width)) return lines.join('\n');
  return rows.map((row) => stacked(columns, row)).join('\n\n');
}

function stacked(columns: TableContent['columns'], row: readonly string[]): string {
  const [head, ...rest] = row;
  const lines = rest.flatMap((cell, i) => (cell === '' ? [] : [`  ${columns[i + 1]?.title ?? ''}: ${cell}`]));
  return [head ?? '', ...lines].join('\n');
}
