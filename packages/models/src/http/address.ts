import { SettingError } from '@mixture-of-personas/numeric';

/** A server's base address with `/v1` and without a slash after it. */
export function baseUrl(url: string): string {
  return `${url.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`;
}

/**
 * The key in an environment variable; empty without one. A variable that was named must be set, `MOP_API_KEY` need not be.
 * @param where the function that reports the error
 * @throws SettingError when the named variable is not set
 */
export function apiKey(variable: string | undefined, where: string): string {
  const key = process.env[variable ?? 'MOP_API_KEY'] ?? '';
  if (key !== '' || variable === undefined) return key;
  throw new SettingError(where, 'apiKeyEnv', 'the name of an environment variable that is set', variable);
}

/** The `authorization` header of a key; none for an empty one. */
export function authorization(key: string): { readonly authorization?: string } {
  return key === '' ? {} : { authorization: `Bearer ${key}` };
}
