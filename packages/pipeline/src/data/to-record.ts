import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { UserError } from '../errors.js';
import type { RawRow } from './text/raw-row.js';

/** Which column holds what; `text`, `label`, `context` and `id` are taken where no other is named. */
export interface ColumnNames {
  readonly text?: string | undefined;
  readonly label?: string | undefined;
  readonly context?: string | undefined;
  readonly id?: string | undefined;
}

/** Turns the rows of one source into records; `name` is the row's file, for messages and for ids made of file and line. */
export type RecordMaker = (row: RawRow, name: string) => PopulationRecord;

/**
 * A maker for the rows of one source. A file's first row must have the text column and every column named on purpose; ids must differ.
 * Null, NaN and the empty text are no label, context or id, in every format.
 * @throws UserError `no-column` listing those there are, `empty-text`, `not-text` or `same-id`, each with the row
 */
export function recordMaker(columns: ColumnNames): RecordMaker {
  const seen = new Set<string>();
  let checked: string | undefined;
  return (row, name) => {
    const at = `${name} ${row.where}`;
    if (checked !== name) requireColumns(row, columns, name);
    checked = name;
    const text = valueOf(row, columns.text ?? 'text', at);
    if (text === undefined || text.trim() === '') {
      const absent = !Object.hasOwn(row.fields, columns.text ?? 'text');
      throw absent ? noColumn(row, 'text', columns, at) : emptyText(at);
    }
    const label = valueOf(row, columns.label ?? 'label', at);
    const context = valueOf(row, columns.context ?? 'context', at);
    const given = valueOf(row, columns.id ?? 'id', at) || undefined;
    if (given !== undefined && seen.has(given)) {
      throw new UserError('same-id', `${at} has the id ${given}, which a record before it has too.`, {
        remedy: 'Ids must differ; name another column with population.columns.id.',
      });
    }
    if (given !== undefined) seen.add(given);
    return {
      id: given ?? `${name}:${row.key}`,
      text,
      ...(label === undefined || label === '' ? {} : { label }),
      ...(context === undefined || context === '' ? {} : { context }),
    };
  };
}

/** Names of the columns that hold a role. */
export function wantedColumns({
  text = 'text',
  label = 'label',
  context = 'context',
  id = 'id',
}: ColumnNames): string[] {
  return [text, label, context, id];
}

function requireColumns(row: RawRow, columns: ColumnNames, name: string): void {
  for (const role of ['text', 'label', 'context', 'id'] as const) {
    const column = columns[role] ?? (role === 'text' ? 'text' : undefined);
    if (column !== undefined && !Object.hasOwn(row.fields, column)) throw noColumn(row, role, columns, name);
  }
}

function valueOf(row: RawRow, column: string, at: string): string | undefined {
  const value = Object.hasOwn(row.fields, column) ? row.fields[column] : undefined;
  if (value === undefined || value === null || Number.isNaN(value)) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Date) return value.toISOString();
  throw new UserError(
    'not-text',
    `${at}: ${column} is ${Array.isArray(value) ? 'a list' : 'an object'} where text is needed.`,
  );
}

function noColumn(row: RawRow, role: keyof ColumnNames, columns: ColumnNames, at: string): UserError {
  const there = Object.keys(row.fields);
  return new UserError(
    'no-column',
    `${at} has no column ${columns[role] ?? role}; it has ${there.length === 0 ? 'none' : there.slice(0, 20).join(', ')}.`,
    {
      remedy: `Name the column that holds the ${role}: population.columns.${role}, or a flag such as --text of mop evaluate.`,
    },
  );
}

function emptyText(at: string): UserError {
  return new UserError('empty-text', `${at}: the text is empty.`, {
    remedy: 'Remove the row, or name another column with population.columns.text.',
  });
}
