/** A row of a csv text and the line it begins in, from 1. */
export interface CsvRow {
  readonly fields: readonly string[];
  readonly line: number;
}

/** Rows of a comma-separated text as RFC 4180 has them, empty lines left out; undefined when quotes are not closed. */
export function csvRows(text: string): CsvRow[] | undefined {
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let line = 1;
  let begins = 1;
  const token = /"((?:[^"]|"")*)"(,|\r?\n|$)|([^,\r\n]*)(,|\r?\n|$)/y;
  while (token.lastIndex < text.length || fields.length > 0) {
    const found = token.exec(text);
    if (found === null) return undefined;
    const [whole, quoted, afterQuoted, plain, afterPlain] = found;
    if (plain?.startsWith('"')) return undefined;
    fields.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    line += whole.split('\n').length - 1;
    if ((afterQuoted ?? afterPlain) === ',') continue;
    if (fields.length > 1 || fields[0] !== '') rows.push({ fields, line: begins });
    fields = [];
    begins = line;
  }
  return rows;
}
