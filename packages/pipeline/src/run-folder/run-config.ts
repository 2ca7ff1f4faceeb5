import { configFrom } from '../config/load.js';
import type { MopConfig } from '../config/schema.js';
import type { Json } from './manifest.js';
import type { RunFolder } from './run-folder.js';

/** The configuration as the manifest holds it: all but where the folder lies, so that a run may be moved. */
export function identityOf(config: MopConfig): Json {
  return jsonOf({ ...config, output: undefined });
}

/** The configuration of an existing run. @throws UserError when this version of mop has no such settings */
export function configOf({ path, manifest }: Pick<RunFolder, 'path' | 'manifest'>): MopConfig {
  return configFrom({ ...(isObject(manifest.config) ? manifest.config : {}), output: path });
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as JSON has it: without what is undefined. */
function jsonOf(value: unknown): Json {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    return Object.fromEntries(entries.map(([key, entry]) => [key, jsonOf(entry)]));
  }
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return null;
}
