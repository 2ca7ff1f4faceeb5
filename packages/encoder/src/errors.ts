import { MopError, SettingError } from '@mixture-of-personas/numeric';

/** An embedding that cannot be used: not finite, or of another width than its neighbors. The message names the text. */
export class EmbeddingError extends MopError {}

/** An embedding cache that cannot be read or written; what was cached before is kept. */
export class CacheError extends MopError {}

/** The text as a message can show it: quoted, on one line, cut to 60 characters. */
export function shown(text: string): string {
  const [...characters] = text;
  return JSON.stringify(characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : text);
}

/** @throws SettingError when a setting of `openEncoder` is not a whole number of at least so much */
export function requireCount(setting: string, value: number, atLeast: number): void {
  if (!Number.isInteger(value) || value < atLeast)
    throw new SettingError('openEncoder', setting, `a whole number ≥ ${atLeast}`, value);
}
