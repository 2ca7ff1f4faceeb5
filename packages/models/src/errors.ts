import { MopError } from '@mixture-of-personas/numeric';

/**
 * A model that cannot be found, opened or used. The message says what was looked for and what to do; `code` is for programs, such as
 * `not-found`, `no-weights`, `unsupported` or `server`.
 */
export class ModelError extends MopError {}

/** First line of the message of any thrown value. */
export function reasonOf(error: unknown): string {
  // Not `instanceof Error`: errors of native code are of another realm under Jest.
  const message = property(error, 'message');
  return (typeof message === 'string' ? message : String(error)).split('\n', 1)[0] ?? '';
}

/** A property of any value; undefined where there is none. */
export function property(value: unknown, key: string): unknown {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? Reflect.get(value, key)
    : undefined;
}
