/** What kept a run from starting or going on; `code` is for programs, the message for people. */
export type RunErrorCode = 'other-config' | 'locked' | 'no-run' | 'damaged-run' | 'disk-full' | 'bad-setting';

/** One clear sentence about a run folder or its settings. Nothing that was finished before it is lost. */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly code: RunErrorCode;

  constructor(code: RunErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The `code` of a Node system error (`ENOENT`, `ENOSPC`, …), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
