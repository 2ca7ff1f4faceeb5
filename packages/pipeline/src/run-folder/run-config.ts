import { withGateInput } from '../config/gate-preset.js';
import { configFrom } from '../config/load.js';
import type { MopConfig } from '../config/schema.js';
import { isObject, withoutAddresses, type Json } from './manifest.js';
import type { RunFolder } from './run-folder.js';

/** The configuration as the manifest holds it: all but where the folder lies and which servers are asked, so that a run may be moved. */
export function identityOf(config: MopConfig): Json {
  return withoutAddresses(jsonOf({ ...config, output: undefined }));
}

/** The configuration of an existing run, with the servers that it last asked. @throws UserError when this version of mop has no such settings */
export function configOf({ path, manifest }: Pick<RunFolder, 'path' | 'manifest'>): MopConfig {
  const { config, model } = manifest;
  const settings = isObject(config) ? config : {};
  const llm = isObject(settings['llm'] ?? null) ? (settings['llm'] as Readonly<Record<string, Json>>) : {};
  return withGateInput(
    configFrom({ ...settings, ...(model === undefined ? {} : { llm: { ...llm, model } }), output: path }),
  );
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
