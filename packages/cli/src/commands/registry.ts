import type { CommandModule } from 'yargs';
import type { CommandContext } from '../terminal/command-context.js';

/** Builds a command; what its arguments are is its own affair. */
export type MakeCommand = (context: CommandContext) => CommandModule;

/** Every verb of `mop`, in the order of its help. A command's file is imported only when it is asked for, or for the help. */
export const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  init: async () => (await import('./init.js')).initCommand,
  validate: async () => (await import('./validate.js')).validateCommand,
  doctor: async () => (await import('./doctor.js')).doctorCommand,
  run: async () => (await import('./job-command.js')).jobCommand('run'),
  personas: async () => (await import('./job-command.js')).jobCommand('personas'),
  fit: async () => (await import('./job-command.js')).jobCommand('fit'),
  simulate: async () => (await import('./job-command.js')).jobCommand('simulate'),
  evaluate: async () => (await import('./evaluate.js')).evaluateCommand,
  report: async () => (await import('./report.js')).reportCommand,
  compare: async () => (await import('./experiment-command.js')).experimentCommand('compare'),
  sweep: async () => (await import('./experiment-command.js')).experimentCommand('sweep'),
  audit: async () => (await import('./audit.js')).auditCommand,
  info: async () => (await import('./info.js')).infoCommand,
  embed: async () => (await import('./embed.js')).embedCommand,
  score: async () => (await import('./score.js')).scoreCommand,
};
