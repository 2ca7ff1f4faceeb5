import { pipeline, Readable } from 'node:stream';
import { parse, type Info } from 'csv-parse';
import { codeOf, UserError } from '../../errors.js';
import { textOf } from '../text/encodings.js';
import { LARGEST_RECORD } from '../text/lines.js';
import type { ByteChunks, RawRow } from '../text/raw-row.js';

/** Dialect of a delimited file. */
export interface Dialect {
  /** `,` files quote with `"` (RFC 4180); tab-separated ones have no quoting. */
  readonly delimiter: ',' | '\t';
  /** Names of the columns of a file without a header line. @defaultValue the first line, which also shows another delimiter */
  readonly header?: readonly string[];
}

/** Delimiters of spreadsheet exports, looked for in a header that lacks its own. */
const OTHERS = [';', '\t', ',', '|'];
/** Characters in which a header must end to be looked at. */
const LONGEST_HEADER = 65_536;

/**
 * Rows of a csv or tsv file. LF, CRLF and CR end a row, also mixed in one file; blank lines and rows of empty fields alone are skipped, and so are
 * columns without a name. A header without the delimiter but with `;`, a tab, `,` or `|`, or the line `sep=;` that Excel writes, names another one.
 * @throws UserError `bad-csv` with the line: fields missing or too many, a quote not closed, a column named twice
 */
export async function* readDelimited(chunks: ByteChunks, name: string, dialect: Dialect): AsyncGenerator<RawRow, void> {
  const found = await dialectOf(textOf(chunks, name), dialect);
  let header = dialect.header;
  for await (const { record, info } of recordsOf(found, name)) {
    const line = info.lines + found.skipped;
    const where = `line ${line}`;
    if (header === undefined) {
      header = record.map((column) => column.trim());
      requireDistinct(header, `${name} ${where}`);
      continue;
    }
    if (record.length > 1 && record.every((field) => field === '')) continue;
    if (record.length !== header.length) {
      const needed = `${header.length} are needed (${header.join(', ')})`;
      const remedy = 'A text with a delimiter or a line break must stand in double quotes.';
      throw new UserError('bad-csv', `${name} ${where} has ${record.length} fields where ${needed}.`, { remedy });
    }
    const named = header.flatMap((column, i) => (column === '' ? [] : [[column, record[i]] as const]));
    yield { fields: Object.fromEntries(named), where, key: String(line) };
  }
}

/** Text to parse; `skipped`: lines before the header that are not part of it. */
type FoundDialect = { text: AsyncIterable<string>; delimiter: string; quotes: boolean; skipped: number };

async function dialectOf(pieces: AsyncGenerator<string, void>, { delimiter, header }: Dialect): Promise<FoundDialect> {
  let head = '';
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
    head += next.value;
    if (/[\r\n][^\n]*[\r\n]./.test(head) || head.length > LONGEST_HEADER) break;
  }
  const declared = header === undefined ? /^sep=(.)(?:\r\n?|\n)/.exec(head) : null;
  const start = head.slice(declared?.[0].length ?? 0);
  async function* text(): AsyncGenerator<string, void> {
    yield start;
    yield* pieces;
  }
  const used = declared?.[1] ?? (header === undefined ? delimiterOf(start, delimiter) : delimiter);
  const quotes = !(delimiter === '\t' && used === '\t');
  return { text: text(), delimiter: used, quotes, skipped: declared === null ? 0 : 1 };
}

function delimiterOf(start: string, expected: string): string {
  const header = start.replace(/"(?:[^"]|"")*"/g, '').split(/[\r\n]/, 1)[0] ?? '';
  if (header.includes(expected)) return expected;
  return OTHERS.find((delimiter) => header.includes(delimiter)) ?? expected;
}

type ParsedRecord = { record: string[]; info: Info };

async function* recordsOf({ text, delimiter, quotes }: FoundDialect, name: string): AsyncGenerator<ParsedRecord> {
  const parser = parse({
    delimiter,
    quote: quotes ? '"' : null,
    record_delimiter: ['\r\n', '\n', '\r'],
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LARGEST_RECORD,
  });
  // The callback keeps a failure of the source from being an unhandled one: the loop below sees it through the parser.
  pipeline(Readable.from(text), parser, () => undefined);
  try {
    for await (const item of parser) yield item as ParsedRecord;
  } catch (error) {
    throw csvError(name, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted field that starts there is never closed',
  CSV_MAX_RECORD_SIZE: `a row is longer than ${LARGEST_RECORD} characters; a quoted field before it may never be closed`,
  INVALID_OPENING_QUOTE:
    'a quote opens after other characters; it must be the first of its field, without a space before it, or doubled within quotes',
};

function csvError(name: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || !/^(?:CSV_|INVALID_OPENING_QUOTE)/.test(code)) return error;
  const line = typeof error === 'object' && error !== null && 'lines' in error ? Number(error.lines) : 0;
  const reason = REASONS[code] ?? 'a quote stands where none may be; inside a quoted field it must be doubled ("")';
  const remedy = 'Fix the line, or convert the file to jsonl.';
  return new UserError('bad-csv', `${name} line ${line}: ${reason}.`, { remedy });
}

function requireDistinct(header: readonly string[], at: string): void {
  const twice = header.find((column, i) => column !== '' && header.indexOf(column) !== i);
  if (twice === undefined) return;
  throw new UserError('bad-csv', `${at} names the column ${twice} twice.`, { remedy: 'Rename one of them.' });
}
