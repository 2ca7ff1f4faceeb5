import { z } from 'zod';
import { UserError } from '../errors.js';

/** Files of a finished stage, by their name in the folder, with the SHA-256 of their bytes. */
export type StageFiles = Readonly<Record<string, string>>;

/** JSON as read or written. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
);
const names = z.record(z.string(), z.string()).readonly();

const manifestSchema = z.object({
  format: z.literal(1),
  /** The resolved configuration, without where the folder lies and the addresses of servers. */
  config: json,
  /** The language model with the servers that the run last asked; absent where it has none. */
  model: z.string().optional(),
  /** Versions of mop and of the engines' packages that started the run. */
  versions: names,
  /** Fingerprints of the models and of the records, hex; the same names and other bytes make another run. */
  fingerprints: names,
  stages: z.record(z.string(), names).readonly(),
});

/** Content of `manifest.json`: enough to repeat the run, and which stages are finished. No times, so that equal runs have equal bytes. */
export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

/** The manifest in a folder's bytes. @throws UserError `damaged-run` when it is not one */
export function decodeManifest(path: string, bytes: Uint8Array): Manifest {
  const parsed = manifestSchema.safeParse(isJson(bytes) ? JSON.parse(new TextDecoder().decode(bytes)) : undefined);
  if (parsed.success) return { ...parsed.data, config: inTodaysTerms(parsed.data.config) };
  throw new UserError('damaged-run', `${path} is not a manifest that this version of mop can read (format 1).`, {
    remedy: 'Choose another --output.',
  });
}

/**
 * Settings of a run in the terms of this version: where there were no presets, a gate was fitted by the paper's procedure; a fit without an
 * objective was by likelihood.
 */
function inTodaysTerms(config: Json): Json {
  const gate = isObject(config) ? (config['gate'] ?? null) : null;
  const method = isObject(config) ? (config['method'] ?? null) : null;
  if (!isObject(config) || !isObject(gate) || 'objective' in gate) return config;
  if (!('preset' in gate)) return { ...config, gate: { ...gate, preset: 'paper' } };
  if (gate['preset'] !== 'default' || (isObject(method) && method['name'] !== 'mop')) return config;
  const objective = gate['input'] === 'context' ? 'conditional' : 'marginal';
  return { ...config, gate: { ...gate, objective } };
}

/** Whether bytes are JSON of any kind. */
export function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(bytes));
    return true;
  } catch {
    return false;
  }
}

/** A manifest as bytes: keys in a fixed order, so that equal manifests are equal files. */
export function encodeManifest({ format, config, model, versions, fingerprints, stages }: Manifest): string {
  return `${JSON.stringify({ format, config, model, versions, fingerprints, stages }, null, 2)}\n`;
}

/** Differences of two JSON values: dotted paths with both sides, in the order of the first value's keys. */
function differences(before: Json, now: Json, path = ''): string[] {
  if (isObject(before) && isObject(now)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    return keys.flatMap((key) =>
      differences(before[key] ?? null, now[key] ?? null, path === '' ? key : `${path}.${key}`),
    );
  }
  if (JSON.stringify(before) === JSON.stringify(now)) return [];
  return [`${path} (there ${JSON.stringify(before)}, now ${JSON.stringify(now)})`];
}

/** Settings that a run was not made with. Addresses change no score and are left out; that the weights behind them are the same, fingerprints tell. */
export function changedSettings(before: Manifest, config: Json): string[] {
  return differences(withoutAddresses(before.config), config).filter(decidesResults);
}

/** Places of records decide nothing: that the records are the same, their fingerprint tells. */
function decidesResults(change: string): boolean {
  return !/^(?:llm\.scorer|(?:population|pool|golden)\.path) /.test(change);
}

/** Inputs with which a run is started. */
export type RunIdentity = Pick<Manifest, 'config' | 'model' | 'versions'>;

/**
 * The manifest with which a run goes on: the one that lies there, or the same with the servers that are asked now.
 * @throws UserError `other-config` naming what differs and the choices, where it belongs to another run
 */
export function resumedManifest(
  folder: string,
  before: Manifest,
  { config, model, versions, onNote }: RunIdentity & { readonly onNote: (sentence: string) => void },
): Manifest {
  const changed = differences(withoutAddresses(before.config), config);
  const refused = changed.filter(decidesResults);
  if (refused.length > 0) throw otherRun(folder, refused);
  const others = Object.entries(before.versions).filter(([name, version]) => versions[name] !== version);
  if (others.length > 0) {
    const list = others.map(([name, version]) => `${name} ${version} (now ${versions[name] ?? 'missing'})`).join(', ');
    onNote(`This run was started with ${list}; what is finished is kept, what is left may differ in the last digits.`);
  }
  return changed.length === 0 && model === before.model ? before : { ...before, config, model };
}

/**
 * The manifest with fingerprints found now; itself where it has them all.
 * @throws UserError `other-config` when the bytes behind a name have changed
 */
export function withFingerprints(folder: string, manifest: Manifest, found: Record<string, string>): Manifest {
  const { fingerprints } = manifest;
  const changed = Object.entries(found)
    .filter(([name, hash]) => fingerprints[name] !== undefined && fingerprints[name] !== hash)
    .map(([name, hash]) => `${name} (there ${fingerprints[name]?.slice(0, 12) ?? ''}, now ${hash.slice(0, 12)})`);
  if (changed.length > 0) throw otherRun(folder, changed);
  const known = Object.keys(found).every((name) => fingerprints[name] !== undefined);
  return known ? manifest : { ...manifest, fingerprints: { ...fingerprints, ...found } };
}

function otherRun(folder: string, changed: readonly string[]): UserError {
  const shown = changed.slice(0, 5).join('; ') + (changed.length > 5 ? `; and ${changed.length - 5} more` : '');
  return new UserError('other-config', `${folder} holds another run and is left as it is: ${shown}.`, {
    remedy: 'Give the old settings to resume it, another output folder (--output) for a new run, or delete the folder.',
  });
}

/** The name of a model choice that does not change with the addresses of servers: `server:MODEL` for theirs, the choice itself for others. */
export function addressless(choice: string): string {
  const hash = choice.lastIndexOf('#');
  return choice.startsWith('server:') && hash >= 0 ? `server:${choice.slice(hash + 1).trim()}` : choice;
}

/** A configuration without the addresses of its language model's servers. */
export function withoutAddresses(config: Json): Json {
  const llm = isObject(config) ? (config['llm'] ?? null) : null;
  if (!isObject(config) || !isObject(llm) || typeof llm['model'] !== 'string') return config;
  return { ...config, llm: { ...llm, model: addressless(llm['model']) } };
}

/** Whether a value is an object. */
export function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
