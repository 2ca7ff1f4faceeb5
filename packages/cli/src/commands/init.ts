import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CommandModule } from 'yargs';
import { defineCommand, type CommandContext } from '../terminal/command-context.js';
import { TEXT } from './flag-kinds.js';
import { firstSettings, starterConfig, UserError, writeAtomically } from '@mixture-of-personas/pipeline';

/** `mop init`: writes a commented mop.yaml with every setting, its default and what it means. */
export function initCommand({ reporter }: CommandContext): CommandModule {
  return defineCommand({
    builder: (yargs) =>
      yargs
        .positional('file', {
          type: 'string',
          default: 'mop.yaml',
          describe: 'File to write; an existing one is left alone',
        })
        .option('population', { ...TEXT, describe: 'Your records; the demonstration when left out' }),
    handler: async ({ file, population }) => {
      if (await exists(file))
        throw new UserError('exists', `${file} exists and is left as it is.`, {
          remedy: 'Give another name, or delete it first.',
        });
      await writeAtomically(
        file,
        starterConfig(population === undefined ? undefined : await firstSettings(population, dirname(file))),
      );
      reporter.result({ file }, `Wrote ${file}. Next: mop validate, then mop run.`);
    },
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
