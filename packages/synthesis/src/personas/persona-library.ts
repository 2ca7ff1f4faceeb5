import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { PersonaError } from '../errors.js';
import type { Persona } from '../record.js';
import { personaId } from './persona-id.js';

/** Formats of a persona library as text. Parquet rows go to `personasFromRows`. */
export type PersonaFormat = 'jsonl' | 'csv' | 'txt';

/** A row of a library: `persona`, perhaps `id`; other columns are ignored. */
export type PersonaRow = Readonly<Partial<Record<string, unknown>>>;

/** A row and its place for messages, such as `Line 3`. */
interface PlacedRow {
  readonly row: PersonaRow;
  readonly place: string;
}

/**
 * Personas from the text of a library of any length. `jsonl`: one object a line with the key `persona`, as in PersonaHub and
 * FinePersonas, and perhaps `id`; `csv` (RFC 4180): a header with `persona` and perhaps `id`; `txt`: one persona a line. Ignores other keys
 * and columns, empty lines and repeated personas.
 * @throws PersonaError naming the line when it has the wrong format, lacks a persona or repeats an id, or when there is no persona at all
 */
export function personasFromFile(text: string, format: PersonaFormat): Persona[] {
  return personasOf(rowsOf(text.replace(/^\ufeff/, ''), format));
}

/**
 * Personas from rows that the caller has read, such as those of a Parquet file: objects with `persona` and perhaps `id`.
 * @throws PersonaError as `personasFromFile`; it counts rows from 1
 */
export function personasFromRows(rows: Iterable<PersonaRow>): Persona[] {
  return personasOf(Array.from(rows, (row, i) => ({ row, place: `Row ${i + 1}` })));
}

function personasOf(rows: readonly PlacedRow[]): Persona[] {
  const personas = new Map<string, Persona>();
  const ids = new Set<string>();
  for (const { row, place } of rows) {
    const { persona, id } = row;
    if (typeof persona !== 'string' || persona.trim() === '') {
      throw new PersonaError(`${place} of the persona file has no text in "persona". Give every line one.`);
    }
    const said = persona.replace(/\s+/g, ' ').trim();
    if (personas.has(said)) continue;
    const given = typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint';
    const name = given ? String(id) : personaId(personas.size);
    if (ids.has(name)) throw new PersonaError(`${place} of the persona file repeats the id ${name}. Ids must differ.`);
    ids.add(name);
    personas.set(said, { id: name, persona: said, source: 'file' });
  }
  if (personas.size === 0) throw new PersonaError('The persona file is empty. Give it at least one persona.');
  return [...personas.values()];
}

function rowsOf(text: string, format: PersonaFormat): PlacedRow[] {
  if (format === 'csv') return csvRows(text);
  const lines = text.split(/\r?\n/).map((content, i) => ({ content, place: `Line ${i + 1}` }));
  return lines
    .filter(({ content }) => content.trim() !== '')
    .map(({ content, place }) => ({ row: format === 'txt' ? { persona: content } : jsonRow(content, place), place }));
}

function jsonRow(content: string, place: string): PersonaRow {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    throw new PersonaError(`${place} of the persona file is not JSON. Give one JSON object a line.`);
  }
  if (typeof parsed === 'object' && parsed !== null && 'persona' in parsed) return { ...parsed };
  throw new PersonaError(`${place} of the persona file has no key "persona". Give every line one.`);
}

function csvRows(text: string): PlacedRow[] {
  const [header, ...rows] = csvRecords(text);
  if (header === undefined) return [];
  const columns = header.record.map((name) => name.trim());
  const [persona, id] = [columns.indexOf('persona'), columns.indexOf('id')];
  if (persona < 0) {
    throw new PersonaError(
      `The persona file has no column "persona"; it has ${columns.join(', ')}. Name the column in its first line.`,
    );
  }
  return rows.map(({ record, line }) => ({
    row: { persona: record[persona], ...(id < 0 ? {} : { id: record[id] }) },
    place: `Line ${line}`,
  }));
}

/** Records and the lines on which they end. */
function csvRecords(text: string): { readonly record: readonly string[]; readonly line: number }[] {
  try {
    const found: { record: readonly string[]; line: number }[] = [];
    parse(text, {
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record: readonly string[], { lines }) => void found.push({ record, line: lines }),
    });
    return found;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code === 'CSV_QUOTE_NOT_CLOSED')
      throw new PersonaError('The persona file ends inside quotes. Close them.', { cause: error });
    throw new PersonaError(`The persona file is not csv: ${error.message}.`, { cause: error });
  }
}
