import yargs, { type Argv } from 'yargs';
import type { Io } from './terminal/io.js';

/** The program with the options that all commands share, and no command. Dotted names stay whole: `gate.topM` is one flag. */
export function baseProgram(width: number): Argv {
  return yargs()
    .scriptName('mop')
    .locale('en')
    .usage('mop <command>: fit a mixture of personas to your records, simulate the population, see how close it came.')
    .parserConfiguration({ 'dot-notation': false, 'camel-case-expansion': false, 'duplicate-arguments-array': true })
    .option('json', { type: 'boolean', describe: 'One JSON envelope on stdout: {status, data} or {status, error}' })
    .option('quiet', { type: 'boolean', describe: 'No log and no progress on stderr; warnings stay' })
    .option('progress', { type: 'boolean', default: true, hidden: true })
    .option('no-progress', { type: 'boolean', describe: 'No progress on stderr' })
    .strict()
    .help()
    .alias('help', 'h')
    .version(false)
    .option('version', { type: 'boolean', describe: 'Version of mop' })
    .exitProcess(false)
    .wrap(Math.min(width, 120));
}

/** Writes the help that the words ask for. */
export async function showHelp(program: Argv, words: readonly string[], io: Io): Promise<void> {
  await program.parseAsync([...words], {}, (_error, _argv, output) => {
    io.stdout.write(`${output}\n`);
  });
}
