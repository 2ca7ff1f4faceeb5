/** Destination of text; `process.stdout` is one. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in characters. */
  readonly columns?: number | undefined;
}

/** The world outside a command, as values: tests hand in their own. */
export interface Io {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds; only ever for rates and remaining time. */
  readonly now: () => number;
}

/** Width to draw for: the terminal's, at least 20; 120 where there is no terminal. */
export function widthOf(sink: TextSink): number {
  return sink.isTTY === true ? Math.max(20, sink.columns ?? 80) : 120;
}

/** The text with its lines broken at spaces where they are wider than the terminal; as it is where there is no terminal. */
export function fitted(text: string, sink: TextSink): string {
  if (sink.isTTY !== true) return text;
  const width = widthOf(sink);
  return text
    .split('\n')
    .map((line) => (line.length <= width ? line : brokenLine(line, width)))
    .join('\n');
}

/** One line as several: those after the first stand two characters further in. A word wider than the terminal stays whole. */
function brokenLine(line: string, width: number): string {
  const [indent = ''] = /^ */.exec(line) ?? [];
  const lines = [indent];
  for (const word of line.slice(indent.length).split(' ')) {
    const last = lines.at(-1) ?? '';
    const joined = last.trim() === '' ? last + word : `${last} ${word}`;
    if (joined.length <= width || last.trim() === '') lines[lines.length - 1] = joined;
    else lines.push(`${indent}  ${word}`);
  }
  return lines.join('\n');
}
