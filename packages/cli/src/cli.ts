import { createRequire } from 'node:module';
import type { Argv } from 'yargs';
import { COMMANDS } from './commands/registry.js';
import { baseProgram, showHelp } from './program.js';
import type { MainOptions } from './run-verb.js';
import { widthOf, type Io } from './terminal/io.js';

/**
 * Runs one `mop` command. Nothing is thrown: failures are told on stderr, or with `--json` in an envelope on stdout.
 * @param words the command line after the program's name
 * @returns exit code: 0 done, 1 failed, 2 a threshold was crossed, 130 stopped by Ctrl-C
 */
export async function main(words: readonly string[], io: Io, options: MainOptions = {}): Promise<number> {
  const asks = (...names: string[]): boolean => words.some((word) => names.includes(word));
  const verb = words.find((word) => !word.startsWith('-'));
  if (asks('--version')) io.stdout.write(`${version()}\n`);
  else if (verb === undefined && asks('--help', '-h')) await showHelp(overview(widthOf(io.stdout)), words, io);
  else {
    // The pipeline takes most of the time that a start takes, which the help and the version need not spend.
    const { runVerb } = await import('./run-verb.js');
    return runVerb(verb, words, io, options);
  }
  return 0;
}

/** The program with every command's line and no command's flags. */
function overview(width: number): Argv {
  const program = baseProgram(width);
  for (const { command, describe } of Object.values(COMMANDS)) program.command(command, describe);
  return program;
}

function version(): string {
  const { version: text } = createRequire(import.meta.url)('../package.json') as { readonly version: string };
  return text;
}
