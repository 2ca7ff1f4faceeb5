import type { CommandModule } from 'yargs';
import type { CommandContext } from '../terminal/command-context.js';

/** A verb of `mop`: its line in the help, and the file with its flags and its work, imported only when the verb is given. */
interface Verb {
  readonly command: string;
  readonly describe: string;
  readonly load: () => Promise<(context: CommandContext) => CommandModule>;
}

/** Every verb of `mop`, in the order of its help. */
export const COMMANDS: Readonly<Record<string, Verb>> = {
  init: {
    command: 'init [file]',
    describe: 'Write a commented mop.yaml',
    load: async () => (await import('./init.js')).initCommand,
  },
  validate: {
    command: 'validate',
    describe: 'Check configuration, records and model folders, of a run or an experiment',
    load: async () => (await import('./validate.js')).validateCommand,
  },
  doctor: {
    command: 'doctor',
    describe: 'Check the requirements of a run: Node, runtimes, gating backend, models, disk, threads',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
  run: {
    command: 'run',
    describe: 'Run the whole job: personas, fit, simulation, evaluation. Rerun the command to resume',
    load: async () => (await import('./job-command.js')).jobCommand('evaluate'),
  },
  personas: {
    command: 'personas',
    describe: 'Make the personas of a run and stop',
    load: async () => (await import('./job-command.js')).jobCommand('personas'),
  },
  fit: {
    command: 'fit',
    describe: 'Fit the gate of a run, compare it on held-out records and stop',
    load: async () => (await import('./job-command.js')).jobCommand('fit'),
  },
  simulate: {
    command: 'simulate',
    describe: 'Simulate the texts of a run and stop before their evaluation',
    load: async () => (await import('./job-command.js')).jobCommand('simulate'),
  },
  evaluate: {
    command: 'evaluate',
    describe: 'Compare synthetic texts or embeddings with golden ones',
    load: async () => (await import('./evaluate.js')).evaluateCommand,
  },
  report: {
    command: 'report <folder>',
    describe: 'Rewrite report.html of a finished run from its folder alone',
    load: async () => (await import('./report.js')).reportCommand,
  },
  compare: {
    command: 'compare',
    describe: 'Run methods on data sets over several seeds and print their table',
    load: async () => (await import('./experiment-command.js')).experimentCommand('compare'),
  },
  sweep: {
    command: 'sweep',
    describe: 'Run one experiment at several values of any settings, over one store of scores',
    load: async () => (await import('./experiment-command.js')).experimentCommand('sweep'),
  },
  audit: {
    command: 'audit <folder>',
    describe: 'Compare how often groups of people are spoken of, and swap them in the personas to see what changes',
    load: async () => (await import('./audit.js')).auditCommand,
  },
  info: {
    command: 'info <folder>',
    describe: 'Say what a run folder holds, or with --row how one simulated text came about',
    load: async () => (await import('./info.js')).infoCommand,
  },
  embed: {
    command: 'embed',
    describe: 'Turn texts into a .npy matrix of embeddings',
    load: async () => (await import('./embed.js')).embedCommand,
  },
  score: {
    command: 'score',
    describe: 'Write log-probabilities of completions at the temperatures asked for',
    load: async () => (await import('./score.js')).scoreCommand,
  },
};
