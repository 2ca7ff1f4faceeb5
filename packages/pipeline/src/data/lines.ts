import { decodeChunks } from './utf8.js';
import type { ByteChunks, RawRow } from './raw-row.js';

/** A line without its line end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Lines of UTF-8 text, ended by LF or CRLF; lines of megabytes are fine. @throws UserError `not-utf8` */
export async function* linesOf(chunks: ByteChunks, name: string): AsyncGenerator<Line> {
  let pieces: string[] = [];
  let number = 0;
  const finish = (last: string): Line => {
    const text = pieces.length === 0 ? last : pieces.join('') + last;
    pieces = [];
    return { number: ++number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
  };
  for await (const chunk of decodeChunks(chunks, name)) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      yield finish(chunk.slice(start, end));
      start = end + 1;
    }
    if (start < chunk.length) pieces.push(chunk.slice(start));
  }
  if (pieces.length > 0) yield finish('');
}

/** One text a line; blank lines are skipped. */
export async function* readTextLines(chunks: ByteChunks, name: string): AsyncGenerator<RawRow> {
  for await (const { number, text } of linesOf(chunks, name)) {
    if (text.trim() !== '') yield { fields: { text }, where: `line ${number}`, key: String(number) };
  }
}
