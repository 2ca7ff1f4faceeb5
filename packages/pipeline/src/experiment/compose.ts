import { isAbsolute, join } from 'node:path';
import { isSection, withDemo } from '../config/demo.js';
import { CONFIG_KEYS } from '../config/keys.js';
import { configFrom, PATHS, setAt } from '../config/load.js';
import { unknownSetting } from '../config/flags.js';
import type { MopConfig } from '../config/schema.js';
import { DEMO_PATH } from '../data/sources/addresses.js';
import type { Settings } from './definition.js';

/** Settings flat by dotted name, whichever way they were written; a list is a value, and what is undefined is left out. */
export function flat(settings: Settings, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]): [string, unknown][] => {
      if (value === undefined) return [];
      const name = prefix === '' ? key : `${prefix}.${key}`;
      return isSection(value) ? Object.entries(flat(value, name)) : [[name, value]];
    }),
  );
}

/** Paths of an experiment file, which are relative to it, as paths relative to the working folder. */
export function withPathsFrom(settings: Record<string, unknown>, folder: string): Record<string, unknown> {
  const entries = Object.entries(settings).map(([name, value]): [string, unknown] => {
    const stays = typeof value !== 'string' || isAbsolute(value) || value === DEMO_PATH || value.startsWith('{');
    return [name, PATHS.includes(name) && !stays ? join(folder, value) : value];
  });
  return Object.fromEntries(entries);
}

/**
 * A configuration from layers of settings, later over earlier.
 * @param layers flat settings
 * @param where what they are for, said in front of a complaint
 * @throws UserError naming an unknown setting with the nearest one, or a value out of range
 */
export function composed(layers: readonly Readonly<Record<string, unknown>>[], where: string): MopConfig {
  const draft: Record<string, unknown> = {};
  for (const [name, value] of layers.flatMap((layer) => Object.entries(layer))) {
    if (!CONFIG_KEYS.some((key) => key.name === name)) throw unknownSetting(where, name);
    setAt(draft, name.split('.'), value);
  }
  return configFrom(withDemo(draft, true));
}
