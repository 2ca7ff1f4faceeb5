import { UserError } from '../../errors.js';
import { textOf } from './encodings.js';
import type { ByteChunks, RawRow } from './raw-row.js';

/** A line without its line end, counted from 1. */
type Line = { readonly number: number; readonly text: string };

/** Characters of a line or a row: a file without line ends must not fill the memory. */
export const LARGEST_RECORD: number = 64 * 2 ** 20;

/**
 * Lines of text, ended by LF, CRLF or CR, also mixed in one file.
 * @throws UserError as `textOf` does; `long-line` above 64 Mi characters
 */
export async function* linesOf(chunks: ByteChunks, name: string): AsyncGenerator<Line> {
  let pieces: string[] = [];
  let length = 0;
  let number = 0;
  const finish = (last: string): Line => {
    const text = pieces.length === 0 ? last : pieces.join('') + last;
    pieces = [];
    length = 0;
    return { number: ++number, text };
  };
  for await (const chunk of lineFeeds(textOf(chunks, name))) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      yield finish(chunk.slice(start, end));
      start = end + 1;
    }
    if (start === chunk.length) continue;
    pieces.push(chunk.slice(start));
    length += chunk.length - start;
    if (length > LARGEST_RECORD)
      throw new UserError('long-line', `${name} line ${number + 1} is longer than ${LARGEST_RECORD} characters.`);
  }
  if (pieces.length > 0) yield finish('');
}

/** Text with LF for every CRLF and CR; a CR at the end of a chunk waits for the next one. */
async function* lineFeeds(chunks: AsyncIterable<string>): AsyncGenerator<string, void> {
  let held = '';
  for await (const chunk of chunks) {
    const text = held + chunk;
    held = text.endsWith('\r') ? '\r' : '';
    const whole = held === '' ? text : text.slice(0, -1);
    yield whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole;
  }
  if (held !== '') yield '\n';
}

/**
 * One text per line; blank lines are skipped.
 * @throws UserError `bad-txt` when the first line is the header of a table
 */
export async function* readTextLines(chunks: ByteChunks, name: string): AsyncGenerator<RawRow, void> {
  for await (const { number, text } of linesOf(chunks, name)) {
    if (number === 1 && text.includes('\t') && text.split('\t').includes('text')) {
      const problem = `${name} is a table: its first line names the columns, separated by tabs.`;
      throw new UserError('bad-txt', problem, { remedy: 'Set population.format to tsv.' });
    }
    if (text.trim() !== '') yield { fields: { text }, where: `line ${number}`, key: String(number) };
  }
}
