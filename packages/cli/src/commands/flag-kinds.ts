import { RECORD_FORMATS, type RecordFormat } from '@mixture-of-personas/pipeline';

/** A flag with a text after it. */
export const TEXT = { type: 'string', requiresArg: true } as const;

/** A flag with a text after it that must be given. */
export const REQUIRED = { type: 'string', requiresArg: true, demandOption: true } as const;

/** The run folder that a command is about. */
export const FOLDER = { type: 'string', demandOption: true, describe: 'Run folder' } as const;

/** A flag with a number after it. */
export const NUMBER = { type: 'number', requiresArg: true } as const;

/** A flag that is there or not. */
export const SWITCH = { type: 'boolean', default: false } as const;

/** Choices of `--format`: the file format of records. */
export const FORMAT: { readonly choices: typeof RECORD_FORMATS; readonly default: RecordFormat } = {
  choices: RECORD_FORMATS,
  default: 'auto',
};
