import { MopError } from '@mixture-of-personas/numeric';

/** Report of a failed command: a code for programs, one sentence for people, and what to do where that is not in it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** Something the user can put right: a clear sentence, and what to do. */
export class UserError extends MopError {}

/** The error of work that was stopped by Ctrl-C; everything finished before it is kept. */
export function interrupted(): UserError {
  return new UserError('interrupted', 'Stopped as asked; everything finished before is kept.');
}

const SYSTEM: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ENOENT: ['there is no such file or folder', 'Check the path; it is taken relative to where the command runs.'],
  EACCES: ['permission was denied', 'Change its permissions or choose another path.'],
  EPERM: ['the operation is not permitted', 'Change its permissions or choose another path.'],
  EISDIR: ['it is a folder where a file was needed', 'Give the path of a file.'],
  ENOTDIR: ['a part of the path is a file where a folder was needed', 'Check the path.'],
  ENOSPC: ['the disk is full', 'Free some space and run the same command again; nothing finished before is lost.'],
  EDQUOT: [
    'the disk quota is used up',
    'Free some space and run the same command again; nothing finished before is lost.',
  ],
  EIO: [
    'the disk failed to read or write',
    'Check the disk, then rerun the command to resume; nothing finished before is lost.',
  ],
  EROFS: ['the file system is read-only', 'Choose another path.'],
  EMFILE: ['too many files are open', 'Raise the limit with ulimit -n.'],
  EEXIST: ['it exists already', 'Choose another path.'],
};

/** The `code` of any thrown value, when it has a textual one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** A system error (`ENOENT`, `ENOSPC`, …) about a path as a sentence; any other error as it came. */
export function aboutPath(path: string, error: unknown): unknown {
  const code = codeOf(error);
  const known = code === undefined ? undefined : SYSTEM[code];
  if (code === undefined || known === undefined) return error;
  return new UserError(code === 'EDQUOT' ? 'ENOSPC' : code, `${path}: ${known[0]}.`, {
    remedy: known[1],
    cause: error,
  });
}

/** Any thrown value in words: the problem and, where that is known, what to do. */
export function problemText(error: unknown): string {
  const { message, suggestion } = problemOf(error);
  return suggestion === undefined ? message : `${message} ${suggestion}`;
}

/**
 * Any thrown value as a problem to print. Errors of our packages carry a sentence and a lower-case code and are told as they are;
 * system errors are put in words; what is left is a fault of ours and says so.
 */
export function problemOf(error: unknown): Problem {
  const code = codeOf(error);
  if (error instanceof MopError) {
    const { problem: message, remedy } = error;
    return { code: error.code, message, ...(remedy === undefined ? {} : { suggestion: remedy }) };
  }
  if (isAbort(error)) return problemOf(interrupted());
  const message = messageOf(error);
  if (code !== undefined && /^[a-z][a-z-]*$/.test(code)) return { code, message };
  if (code !== undefined && SYSTEM[code] !== undefined) return problemOf(aboutPath(pathOf(error), error));
  return {
    code: 'internal',
    message: `Something inside mop went wrong: ${message}`,
    suggestion: 'Run it again with MOP_DEBUG=1 to see where, and report it with the command you ran.',
  };
}

function isAbort(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';
}

function messageOf(error: unknown): string {
  const text =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
  return text.split('\n', 1)[0] ?? '';
}

function pathOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'path' in error && typeof error.path === 'string')
    return error.path;
  return 'a file';
}
