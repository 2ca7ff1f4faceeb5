import { BaselineError } from '../errors.js';
import { attrPromptSource } from './attrprompt.js';
import { nearestSource, uniformSource } from './pairs.js';
import { piclePromptSource, picleSource } from './picle-sources.js';
import { proGenSource } from './progen.js';
import { resampledSource } from './resampled.js';
import type { SettingFacts, TextSource } from '../text-source/source.js';
import { verbalizedSource } from './verbalized.js';
import { zeroGenSource, zeroShotSource } from './zerogen.js';

/** Every method that a mixture is compared with. A new one is its file and a line here: command line, schema and docs read this list. */
export const textSources: readonly TextSource[] = [
  uniformSource,
  nearestSource,
  resampledSource,
  zeroShotSource,
  zeroGenSource,
  attrPromptSource,
  proGenSource,
  picleSource,
  piclePromptSource,
  verbalizedSource,
];

/** Settings of all text sources by name. A name means the same in every source. */
export const sourceSettings: SettingFacts = Object.assign(
  {},
  ...textSources.map(({ settings }) => settings),
) as SettingFacts;

/**
 * A text source by its name.
 * @throws BaselineError naming the known ones
 */
export function textSource(name: string): TextSource {
  const found = textSources.find((source) => source.name === name);
  if (found !== undefined) return found;
  throw new BaselineError(`There is no text source "${name}".`, {
    remedy: `Take one of ${textSources.map((source) => source.name).join(', ')}.`,
  });
}
