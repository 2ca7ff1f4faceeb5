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

/** Flags of a verb, and its work. */
export interface CommandDefinition<Arguments> {
  readonly builder: (yargs: Argv) => Argv<Arguments>;
  readonly handler: (argv: Arguments) => Promise<void>;
}

/** A verb as the registry takes it: which arguments it has is between its builder and its handler. */
export function defineCommand<Arguments>({ builder, handler }: CommandDefinition<Arguments>): CommandModule {
  return { builder, handler: (argv) => handler(argv as Arguments) };
}
