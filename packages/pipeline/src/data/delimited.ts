import { pipeline, Readable } from 'node:stream';
import { parse, type Info } from 'csv-parse';
import { codeOf, UserError } from '../errors.js';
import type { ByteChunks, RawRow } from './raw-row.js';
import { decodeChunks } from './utf8.js';

/** Characters of a row: a quote that is never closed must not make the whole file one field in memory. */
const LARGEST_RECORD = 64 * 2 ** 20;

/** How a delimited file is written. */
export interface Dialect {
  /** `,` files quote with `"` (RFC 4180); tab-separated ones have no quoting. */
  readonly delimiter: ',' | '\t';
  /** Names of the columns of a file without a header line. @defaultValue the first line */
  readonly header?: readonly string[];
}

/**
 * Rows of a csv or tsv file; blank lines are skipped.
 * @throws UserError `bad-csv` with the line: fields missing or too many, a quote not closed, a column named twice
 */
export async function* readDelimited(chunks: ByteChunks, name: string, dialect: Dialect): AsyncGenerator<RawRow> {
  let header = dialect.header;
  for await (const { record, line } of recordsOf(chunks, name, dialect.delimiter)) {
    if (header === undefined) {
      header = record.map((column) => column.trim());
      requireDistinct(header, name);
      continue;
    }
    if (record.length !== header.length) throw ragged({ name, line, header, found: record.length });
    const fields = Object.fromEntries(header.map((column, i) => [column, record[i]]));
    yield { fields, where: `line ${line}`, key: String(line) };
  }
}

/** A record's fields and the line it ends on. */
interface DelimitedRecord {
  readonly record: readonly string[];
  readonly line: number;
}

async function* recordsOf(chunks: ByteChunks, name: string, delimiter: string): AsyncGenerator<DelimitedRecord> {
  const parser = parse({
    delimiter,
    quote: delimiter === ',' ? '"' : null,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LARGEST_RECORD,
  });
  // The callback keeps a failure of the source from being an unhandled one: the loop below sees it through the parser.
  pipeline(Readable.from(decodeChunks(chunks, name)), parser, () => undefined);
  try {
    for await (const item of parser) {
      const { record, info } = item as { record: string[]; info: Info };
      yield { record, line: info.lines };
    }
  } catch (error) {
    throw csvError(name, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted field that starts there is never closed',
  CSV_MAX_RECORD_SIZE: `a row is longer than ${LARGEST_RECORD} characters; a quoted field before it may never be closed`,
};

function csvError(name: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || !/^(?:CSV_|INVALID_OPENING_QUOTE)/.test(code)) return error;
  const line = typeof error === 'object' && error !== null && 'lines' in error ? Number(error.lines) : 0;
  const reason = REASONS[code] ?? 'a quote stands where none may be; inside a quoted field it must be doubled ("")';
  return new UserError('bad-csv', `${name} line ${line}: ${reason}.`, {
    suggestion: 'Fix the line, or convert the file to jsonl.',
  });
}

function ragged(at: { name: string; line: number; header: readonly string[]; found: number }): UserError {
  const { name, line, header, found } = at;
  return new UserError(
    'bad-csv',
    `${name} line ${line} has ${found} fields where ${header.length} are needed (${header.join(', ')}).`,
    {
      suggestion: 'A text with a comma or a line break must stand in double quotes.',
    },
  );
}

function requireDistinct(header: readonly string[], name: string): void {
  const twice = header.find((column, i) => header.indexOf(column) !== i);
  if (twice === undefined) return;
  throw new UserError('bad-csv', `${name} line 1 names the column ${twice === '' ? '(empty)' : twice} twice.`, {
    suggestion: 'Rename one of them.',
  });
}
