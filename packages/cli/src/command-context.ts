import type { Io } from './output/io.js';
import type { Reporter } from './output/reporter.js';

/** What every command is built with. */
export interface CommandContext {
  readonly reporter: Reporter;
  readonly io: Io;
  /** Aborted by the first Ctrl-C: finish what is under way, keep it, and throw the signal's reason. */
  readonly signal: AbortSignal;
  /** The exit code of a command that did its work but has bad news, such as a crossed threshold (2). */
  exitWith(code: number): void;
}
