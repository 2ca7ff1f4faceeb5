import type { Argv, CommandModule } from 'yargs';
import type { ModelOpeners } from '@mixture-of-personas/pipeline';
import type { Io } from './io.js';
import type { Reporter } from './reporter.js';

/** Parts that every command is built with. */
export interface CommandContext {
  readonly reporter: Reporter;
  readonly io: Io;
  /** Aborted by the first Ctrl-C: finish what is under way, keep it, and throw the signal's reason. */
  readonly signal: AbortSignal;
  /** Fake engines in tests; the real ones when absent. */
  readonly openers?: ModelOpeners | undefined;
  /** The exit code of a command that did its work but has bad news, such as a crossed threshold (2). */
  exitWith(code: number): void;
}

/** A verb as the registry takes it, from its flags and its work: which arguments it has is between the two. */
export function defineCommand<Arguments>({
  builder,
  handler,
}: {
  readonly builder: (yargs: Argv) => Argv<Arguments>;
  readonly handler: (argv: Arguments) => Promise<void>;
}): CommandModule {
  return { builder, handler: (argv) => handler(argv as Arguments) };
}
