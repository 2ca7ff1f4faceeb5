import type { Argv } from 'yargs';
import { nearest, problemOf, UserError, type ModelOpeners } from '@mixture-of-personas/pipeline';
import { COMMANDS } from './commands/registry.js';
import { baseProgram, showHelp } from './program.js';
import type { CommandContext } from './terminal/command-context.js';
import { EXIT } from './terminal/exit-codes.js';
import { widthOf, type Io } from './terminal/io.js';
import { createReporter } from './terminal/reporter.js';

/** Options of `main`, in addition to the words of the command line. */
export interface MainOptions {
  /** Aborted when the command should finish what is under way and end. */
  readonly signal?: AbortSignal | undefined;
  /** Engines instead of the real ones, for tests. */
  readonly openers?: ModelOpeners | undefined;
}

/** Runs the verb of a command line and reports its failure. @returns exit code */
export async function runVerb(
  verb: string | undefined,
  words: readonly string[],
  io: Io,
  { signal = new AbortController().signal, openers }: MainOptions,
): Promise<number> {
  const flag = (name: string): boolean => words.includes(`--${name}`);
  const reporter = createReporter(io, { json: flag('json'), quiet: flag('quiet'), progress: !flag('no-progress') });
  let exitCode: number = EXIT.ok;
  const exitWith = (code: number): void => void (exitCode = code);
  try {
    await run(verb, words, { reporter, io, signal, exitWith, openers });
    return exitCode;
  } catch (error) {
    reporter.failure(error);
    return problemOf(error).code === 'interrupted' ? EXIT.interrupted : EXIT.error;
  }
}

async function run(verb: string | undefined, words: readonly string[], context: CommandContext): Promise<void> {
  if (verb === undefined) throw new UserError('usage', 'No command was given.', { remedy: KNOWN });
  const { command, describe, load } = COMMANDS[verb] ?? unknownVerb(verb);
  const program = withRefusals(baseProgram(widthOf(context.io.stdout)), command, words);
  const asksHelp = words.includes('--help') || words.includes('-h');
  // As the default command where it is run: for others yargs lays out the help beside every run, a sixth of a second.
  const registered = asksHelp ? command : command.replace(verb, '$0');
  program.command({ command: registered, describe, ...(await load())(context) });
  if (asksHelp) await showHelp(program, words, context.io);
  else await program.parseAsync(words.toSpliced(words.indexOf(verb), 1));
}

/** Turns yargs' own complaints into errors. */
function withRefusals(program: Argv, command: string, words: readonly string[]): Argv {
  return program.check(requireSane, true).fail((message, error) => {
    // yargs' parser throws its complaints (YError), the rest of it hands them over; what a command throws passes through.
    if (error !== undefined && error !== null && error.name !== 'YError') throw error;
    throw usageError(message ?? error.message, { program, command, words });
  });
}

/** Flags that mean something when they are given again. */
const REPEATABLE = ['_', 'set', 'fail-if', 'vary'];

/** yargs reads `--seed x` as NaN and a flag given twice as a list; nothing after it should have to know. */
function requireSane(argv: Readonly<Record<string, unknown>>): true {
  for (const [name, value] of Object.entries(argv)) {
    if (Number.isNaN(value)) throw new UserError('usage', `--${name} must be a number.`);
    if (Array.isArray(value) && !REPEATABLE.includes(name))
      throw new UserError('usage', `--${name} is given ${value.length} times.`, { remedy: 'Give it once.' });
  }
  return true;
}

interface Call {
  readonly program: Argv;
  /** As its help has it: `info <run>`. */
  readonly command: string;
  readonly words: readonly string[];
}

/** yargs' complaint as one sentence; for a flag nobody knows, the nearest that is known. */
function usageError(message: string, { program, command, words }: Call): UserError {
  const unknown = /^Unknown arguments?: (.+)$/.exec(message)?.[1]?.split(', ')[0];
  const help = { remedy: 'See mop <command> --help.' };
  if (message.startsWith('Not enough non-option arguments'))
    return new UserError('usage', `A word is missing: mop ${command}.`, help);
  if (unknown === undefined) return new UserError('usage', sentenceOf(message), help);
  if (words.includes(unknown))
    return new UserError('usage', `The word ${unknown} is one too many: mop ${command}.`, help);
  // yargs keeps the list but does not type this method.
  const { key } = (
    program as Argv & { getOptions(): { readonly key: Readonly<Record<string, unknown>> } }
  ).getOptions();
  const near = nearest(unknown, Object.keys(key));
  return new UserError('usage', `There is no flag --${unknown} here.`, {
    remedy: near === undefined ? 'See mop <command> --help.' : `Did you mean --${near}?`,
  });
}

/** yargs writes no full stops, and names flags as they are called inside. */
function sentenceOf(complaint: string): string {
  const [, name, given, choices] = /Argument: ([^,]+), Given: (.+?), Choices: (.+)/.exec(complaint) ?? [];
  if (name !== undefined) return `--${name} must be one of ${choices ?? ''}, got ${given ?? ''}.`;
  const line = complaint.split('\n', 1)[0] ?? complaint;
  const valueless = /^Not enough arguments following: (.+)$/.exec(line)?.[1];
  if (valueless !== undefined) return `--${valueless} has no value.`;
  const missing = /^Missing required arguments?: (.+)$/.exec(line)?.[1]?.split(', ');
  if (missing === undefined) return /[.?!]$/.test(line) ? line : `${line}.`;
  return `${missing.map((name) => `--${name}`).join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing.`;
}

const KNOWN = `Known are ${Object.keys(COMMANDS).join(', ')}.`;

function unknownVerb(verb: string): never {
  const near = nearest(verb, Object.keys(COMMANDS));
  throw new UserError('usage', `There is no command ${verb}.`, {
    remedy: near === undefined ? KNOWN : `Did you mean mop ${near}?`,
  });
}
