import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { UserError } from '../errors.js';
import type { RawRow } from './text/raw-row.js';

const ROLES = ['text', 'label', 'context', 'id'] as const;

/** Which column holds what; `text`, `label`, `context` and `id` are taken where no other is named. */
export type ColumnNames = { readonly [Role in (typeof ROLES)[number]]?: string | undefined };

/**
 * A maker of records for the rows of one source; `file` names the row's file in messages and in ids made of file and line. A file's first row must have the text column and every column named on purpose; ids must differ.
 * Null, NaN and the empty text are no label, context or id, in every format.
 * @throws UserError `no-column` listing those there are, `empty-text`, `not-text` or `same-id`, each with the row
 */
export function recordMaker(columns: ColumnNames): (row: RawRow, file: string) => PopulationRecord {
  const seen = new Set<string>();
  let checked: string | undefined;
  return (row, name) => {
    const at = `${name} ${row.where}`;
    if (checked !== name) requireColumns(row, columns, name);
    checked = name;
    const text = valueOf(row, columns.text ?? 'text', at);
    if (text === undefined || text.trim() === '') {
      const absent = !Object.hasOwn(row.fields, columns.text ?? 'text');
      if (absent) throw noColumn(row, 'text', columns, at);
      const remedy = 'Remove the row, or name another column with population.columns.text.';
      throw new UserError('empty-text', `${at}: the text is empty.`, { remedy });
    }
    const label = valueOf(row, columns.label ?? 'label', at);
    const context = valueOf(row, columns.context ?? 'context', at);
    const given = valueOf(row, columns.id ?? 'id', at) || undefined;
    if (given !== undefined && seen.has(given)) {
      const remedy = 'Ids must differ; name another column with population.columns.id.';
      throw new UserError('same-id', `${at} has the id ${given}, which a record before it has too.`, { remedy });
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
export function wantedColumns(columns: ColumnNames): string[] {
  return ROLES.map((role) => columns[role] ?? role);
}

function requireColumns(row: RawRow, columns: ColumnNames, name: string): void {
  for (const role of ROLES) {
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
  const kind = Array.isArray(value) ? 'a list' : 'an object';
  throw new UserError('not-text', `${at}: ${column} is ${kind} where text is needed.`);
}

function noColumn(row: RawRow, role: keyof ColumnNames, columns: ColumnNames, at: string): UserError {
  const there = Object.keys(row.fields).slice(0, 20).join(', ') || 'none';
  const problem = `${at} has no column ${columns[role] ?? role}; it has ${there}.`;
  const remedy = `Name the column that holds the ${role} as population.columns.${role}, or by a flag such as --text of mop evaluate.`;
  return new UserError('no-column', problem, { remedy });
}
