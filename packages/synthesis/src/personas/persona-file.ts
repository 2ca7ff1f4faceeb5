import { csvRows } from '../csv.js';
import { PersonaError } from '../errors.js';
import { personaId } from './persona-id.js';
import type { Persona } from '../record.js';

interface Entry {
  readonly persona: unknown;
  readonly id?: unknown;
  readonly line: number;
}

/**
 * Personas from the text of a file. `jsonl`: an object a line with the key `persona`, as PersonaHub's and FinePersonas' files, and
 * perhaps `id`; `csv`: a header with `persona` and perhaps `id`, quoted as RFC 4180; `txt`: one a line. Other keys and columns, empty lines and
 * repetitions of a persona are passed over.
 * @throws PersonaError naming the line, when one is not of the format, lacks a persona or repeats an id, or when there is none at all
 */
export function personasFromFile(text: string, format: 'jsonl' | 'csv' | 'txt'): Persona[] {
  const bare = text.replace(/^\ufeff/, '');
  const personas = new Map<string, Persona>();
  const ids = new Set<string>();
  for (const { persona, id, line } of entriesOf(bare, format)) {
    if (typeof persona !== 'string' || persona.trim() === '') {
      throw new PersonaError(`Line ${line} of the persona file has no text in "persona". Give every line one.`);
    }
    const said = persona.replace(/\s+/g, ' ').trim();
    if (personas.has(said)) continue;
    const name = typeof id === 'string' || typeof id === 'number' ? String(id) : personaId(personas.size);
    if (ids.has(name))
      throw new PersonaError(`Line ${line} of the persona file repeats the id ${name}. Ids must differ.`);
    ids.add(name);
    personas.set(said, { id: name, persona: said, source: 'file' });
  }
  if (personas.size === 0) throw new PersonaError('The persona file is empty. Give it at least one persona.');
  return [...personas.values()];
}

function entriesOf(text: string, format: 'jsonl' | 'csv' | 'txt'): Entry[] {
  switch (format) {
    case 'jsonl':
      return linesOf(text).map(({ content, line }) => ({ ...parseLine(content, line), line }));
    case 'csv':
      return csvEntries(text);
    case 'txt':
      return linesOf(text).map(({ content, line }) => ({ persona: content, line }));
  }
}

function linesOf(text: string): { content: string; line: number }[] {
  return text
    .split(/\r?\n/)
    .map((content, i) => ({ content, line: i + 1 }))
    .filter(({ content }) => content.trim() !== '');
}

function parseLine(content: string, line: number): Omit<Entry, 'line'> {
  try {
    const parsed: unknown = JSON.parse(content);
    if (typeof parsed === 'object' && parsed !== null && 'persona' in parsed) return parsed;
  } catch {
    throw new PersonaError(`Line ${line} of the persona file is not JSON. Give one JSON object a line.`);
  }
  throw new PersonaError(`Line ${line} of the persona file has no key "persona". Give every line one.`);
}

function csvEntries(text: string): Entry[] {
  const rows = csvRows(text);
  if (rows === undefined) throw new PersonaError('The persona file ends inside quotes. Close them.');
  const header = rows[0]?.fields.map((name) => name.trim()) ?? [];
  const persona = header.indexOf('persona');
  const id = header.indexOf('id');
  if (rows.length > 0 && persona < 0) {
    throw new PersonaError(
      `The persona file has no column "persona"; it has ${header.join(', ')}. Name the column in its first line.`,
    );
  }
  return rows.slice(1).map(({ fields, line }) => ({
    persona: fields[persona],
    ...(id < 0 ? {} : { id: fields[id] }),
    line,
  }));
}
