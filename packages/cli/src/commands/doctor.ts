import type { Argv, CommandModule } from 'yargs';
import type { CommandContext } from '../terminal/command-context.js';
import { type Check, configOptions, doctorChecks, loadConfig, realOpeners } from '@mixture-of-personas/pipeline';

/** `mop doctor`: what a run would find here; exit code 1 when it could not work. */
export function doctorCommand(context: CommandContext): CommandModule {
  return {
    builder: (yargs: Argv) =>
      yargs.options({
        ...configOptions(),
        llm: { type: 'string', describe: 'Short for --llm.model, as in mop score' },
      }),
    handler: async (argv: Readonly<Record<string, unknown>>) => {
      const settings = { ...(argv['llm'] === undefined ? {} : { 'llm.model': argv['llm'] }), ...argv };
      // A doctor is asked before there are records: their path may be missing.
      const config = await loadConfig(settings).catch(() => loadConfig({ ...settings, 'population.path': '.' }));
      const checks = await doctorChecks(config, context.openers ?? realOpeners);
      context.reporter.result(checks, textOf(checks));
      if (checks.some(({ status }) => status === 'failed')) context.exitWith(1);
    },
  };
}

function textOf(checks: readonly Check[]): string {
  const lines = checks.map(({ name, status, detail }) => `${status.padEnd(8)} ${name}: ${detail}`);
  const failed = checks.filter(({ status }) => status === 'failed').length;
  const verdict =
    failed === 0 ? 'A run can start.' : `A run would not start: ${failed} of ${checks.length} checks failed.`;
  return [...lines, '', verdict].join('\n');
}
