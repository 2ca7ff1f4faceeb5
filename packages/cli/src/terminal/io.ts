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
