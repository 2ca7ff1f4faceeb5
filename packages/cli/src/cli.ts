import { createRequire } from 'node:module';
import yargs, { type Argv } from 'yargs';
import type { CommandContext } from './terminal/command-context.js';
import { COMMANDS } from './commands/registry.js';
import { EXIT, exitCodeOf, type ModelOpeners, nearest, UserError } from '@mixture-of-personas/pipeline';
import { widthOf, type Io } from './terminal/io.js';
import { createReporter } from './terminal/reporter.js';

/** Options of `main`, in addition to the words of the command line. */
export interface MainOptions {
  /** Aborted when the command should finish what is under way and end. */
  readonly signal?: AbortSignal;
  /** Engines instead of the real ones, for tests. */
  readonly openers?: ModelOpeners;
}

/**
 * Runs one `mop` command. Nothing is thrown: failures are told on stderr, or with `--json` in an envelope on stdout.
 * @param words the command line after the program's name
 * @returns exit code: 0 done, 1 failed, 2 a threshold was crossed, 130 stopped by Ctrl-C
 */
export async function main(words: readonly string[], io: Io, options: MainOptions = {}): Promise<number> {
  const flag = (name: string): boolean => words.includes(`--${name}`);
  const reporter = createReporter(io, { json: flag('json'), quiet: flag('quiet'), progress: !flag('no-progress') });
  let exitCode: number = EXIT.ok;
  const context: CommandContext = {
    reporter,
    io,
    signal: options.signal ?? new AbortController().signal,
    exitWith: (code) => {
      exitCode = code;
    },
    ...(options.openers === undefined ? {} : { openers: options.openers }),
  };
  try {
    await run(words, context);
    return exitCode;
  } catch (error) {
    reporter.failure(error);
    return exitCodeOf(error);
  }
}

async function run(words: readonly string[], context: CommandContext): Promise<void> {
  const { io } = context;
  const verb = words.find((word) => !word.startsWith('-'));
  if (verb !== undefined && COMMANDS[verb] === undefined) throw unknownVerb(verb);
  const names = verb === undefined ? Object.keys(COMMANDS) : [verb];
  const program = globalOptions(yargs(), widthOf(io.stdout));
  for (const name of names) {
    const make = await COMMANDS[name]?.();
    if (make !== undefined) program.command(make(context));
  }
  if (words.includes('--version')) {
    io.stdout.write(`${version()}\n`);
    return;
  }
  if (words.includes('--help') || words.includes('-h')) await showHelp(program, words, io);
  else if (verb === undefined) throw noVerb();
  else await program.parseAsync([...words]);
}

/** Adds the options that all commands share. Dotted names stay whole (`gate.topM` is one flag) and yargs' own complaints become errors. */
function globalOptions(program: Argv, width: number): Argv {
  return program
    .scriptName('mop')
    .locale('en')
    .usage('mop <command>: fit a mixture of personas to your records, simulate the population, see how close it came.')
    .parserConfiguration({ 'dot-notation': false, 'camel-case-expansion': false, 'duplicate-arguments-array': true })
    .option('json', { type: 'boolean', describe: 'One JSON envelope on stdout: {status, data} or {status, error}' })
    .option('quiet', { type: 'boolean', describe: 'No log and no progress on stderr; warnings stay' })
    .option('progress', { type: 'boolean', default: true, hidden: true })
    .option('no-progress', { type: 'boolean', describe: 'No progress on stderr' })
    .strict()
    .check(requireSane, true)
    .help()
    .alias('help', 'h')
    .version(false)
    .option('version', { type: 'boolean', describe: 'Version of mop' })
    .exitProcess(false)
    .wrap(Math.min(width, 120))
    .fail((message, error) => {
      // yargs' parser throws its complaints (YError), the rest of it hands them over; what a command throws passes through.
      if (error !== undefined && error !== null && error.name !== 'YError') throw error;
      throw usageError(message ?? error.message, program);
    });
}

/** Flags that mean something when they are given again. */
const REPEATABLE = ['_', 'set', 'fail-if', 'vary'];

/** yargs reads `--seed x` as NaN and a flag given twice as a list; nothing after it should have to know. */
function requireSane(argv: Readonly<Record<string, unknown>>): true {
  for (const [name, value] of Object.entries(argv)) {
    if (Number.isNaN(value)) throw new UserError('usage', `--${name} must be a number.`);
    if (Array.isArray(value) && !REPEATABLE.includes(name)) {
      throw new UserError('usage', `--${name} is given ${value.length} times.`, { remedy: 'Give it once.' });
    }
  }
  return true;
}

async function showHelp(program: Argv, words: readonly string[], io: Io): Promise<void> {
  await program.parseAsync([...words], {}, (_error, _argv, output) => {
    io.stdout.write(`${output}\n`);
  });
}

/** yargs' complaint as one sentence; for a flag nobody knows, the nearest that is known. */
function usageError(message: string, program: Argv): UserError {
  const unknown = /^Unknown arguments?: (.+)$/.exec(message)?.[1]?.split(', ')[0];
  if (unknown === undefined) {
    return new UserError('usage', sentenceOf(message), {
      remedy: 'See mop <command> --help.',
    });
  }
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
  const missing = /^Missing required arguments?: (.+)$/.exec(line)?.[1]?.split(', ');
  if (missing === undefined) return /[.?!]$/.test(line) ? line : `${line}.`;
  return `${missing.map((name) => `--${name}`).join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing.`;
}

function noVerb(): UserError {
  return new UserError('usage', 'No command was given.', {
    remedy: `Known are ${Object.keys(COMMANDS).join(', ')}.`,
  });
}

function unknownVerb(verb: string): UserError {
  const near = nearest(verb, Object.keys(COMMANDS));
  return new UserError('usage', `There is no command ${verb}.`, {
    remedy: near === undefined ? `Known are ${Object.keys(COMMANDS).join(', ')}.` : `Did you mean mop ${near}?`,
  });
}

function version(): string {
  const { version: text } = createRequire(import.meta.url)('../package.json') as { readonly version: string };
  return text;
}
