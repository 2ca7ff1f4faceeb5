import { problemOf, type Problem, type Progress, type WorkLog } from '@mixture-of-personas/pipeline';
import { fitted, type Io } from './io.js';
import { createProgress } from './progress.js';

/** Output of a command: data to stdout, everything else to stderr. */
export interface Reporter extends WorkLog {
  /** The command's result, at the end: `text` for people, or `data` in an envelope with `--json`. */
  result(data: unknown, text: string): void;
  /** Reports why the command failed, in the same two forms. */
  failure(error: unknown): void;
}

/** Output options of the command line. */
export interface ReporterOptions {
  readonly json: boolean;
  /** No log lines and no progress. Warnings stay. */
  readonly quiet: boolean;
  readonly progress: boolean;
}

/** A reporter for one command. */
export function createReporter(io: Io, options: ReporterOptions): Reporter {
  const warnings: string[] = [];
  let current: Progress | undefined;
  const line = (text: string): void => {
    current?.clear();
    io.stderr.write(`${fitted(text, io.stderr)}\n`);
  };
  return {
    info: (sentence) => {
      if (!options.quiet) line(sentence);
    },
    warn: (sentence) => {
      warnings.push(sentence);
      line(`Warning: ${sentence}`);
    },
    progress: (label) => {
      current?.end();
      current = options.quiet || !options.progress ? SILENT : createProgress(io, label);
      return current;
    },
    result: (data, text) => {
      current?.end();
      if (options.json) io.stdout.write(`${envelope('ok', { data, ...(warnings.length > 0 ? { warnings } : {}) })}\n`);
      else if (text !== '') io.stdout.write(`${fitted(text.replace(/\n$/, ''), io.stdout)}\n`);
    },
    failure: (error) => {
      current?.end();
      const problem = problemOf(error);
      if (options.json) io.stdout.write(`${envelope('error', { error: problem })}\n`);
      else line(failureText(problem));
      if (io.env['MOP_DEBUG'] === '1' && error instanceof Error) io.stderr.write(`${error.stack ?? ''}\n`);
    },
  };
}

const SILENT: Progress = { update: () => undefined, clear: () => undefined, end: () => undefined };

function envelope(status: 'ok' | 'error', content: object): string {
  return JSON.stringify({ status, ...content });
}

function failureText({ code, message, suggestion }: Problem): string {
  const label = code === 'interrupted' ? '' : 'Error: ';
  return `${label}${message}${suggestion === undefined ? '' : ` ${suggestion}`}`;
}
