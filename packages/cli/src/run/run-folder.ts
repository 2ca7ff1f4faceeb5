import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, UserError } from '../errors.js';
import { filesOn, sha256, type RunFiles } from './files.js';
import {
  decodeManifest,
  encodeManifest,
  requireSameFingerprint,
  requireSameRun,
  type Json,
  type Manifest,
} from './manifest.js';

/** Files of a stage, by name in the folder. */
export type Outputs = Readonly<Record<string, Uint8Array | string>>;

/**
 * A run's folder: finished stages (committed with the hashes of their files), and unfinished work under `partial/`. Only one process
 * writes; `lock.ts` sees to that.
 */
export interface RunFolder {
  readonly path: string;
  readonly manifest: Manifest;
  /** Absolute path of a file of the folder. */
  file(name: string): string;
  /** Whether a stage is finished. */
  has(stage: string): boolean;
  /** Bytes of a finished stage's file. @throws UserError `damaged-run` when it is gone or was changed since */
  read(stage: string, name: string): Promise<Uint8Array>;
  /** Writes a stage's files, then marks it finished; a kill in between leaves it unfinished, to be done again. */
  commit(stage: string, outputs: Outputs): Promise<void>;
  /** Notes fingerprints, or checks them when the run noted them before. @throws UserError `other-config` */
  fingerprint(found: Readonly<Record<string, string>>): Promise<void>;
  /** Unfinished work of a stage, or undefined. */
  readPartial(name: string): Promise<Uint8Array | undefined>;
  writePartial(name: string, content: Uint8Array | string): Promise<void>;
  appendPartial(name: string, content: string): Promise<void>;
  removePartial(name: string): Promise<void>;
}

/** What a run is started with. */
export interface RunIdentity {
  readonly config: Json;
  readonly versions: Readonly<Record<string, string>>;
}

/** Options of `openRunFolder`. */
export interface OpenOptions {
  readonly files?: RunFiles;
}

/**
 * Opens the folder of a run, made when it is not there.
 * @throws UserError `other-config` when it holds another run, or files that no run wrote
 */
export async function openRunFolder(
  path: string,
  identity: RunIdentity,
  options: OpenOptions = {},
): Promise<RunFolder> {
  const { files = filesOn() } = options;
  const existing = await readManifest(path, files);
  if (existing !== undefined) {
    requireSameRun(path, existing, identity.config);
    return runFolder(path, existing, files);
  }
  await requireOurs(path);
  const manifest: Manifest = { format: 1, ...identity, fingerprints: {}, stages: {} };
  await files.write(join(path, 'manifest.json'), encodeManifest(manifest));
  return runFolder(path, manifest, files);
}

/**
 * Opens the folder of an existing run to read it.
 * @throws UserError `no-run` when there is none
 */
export async function openExistingRun(path: string, options: OpenOptions = {}): Promise<RunFolder> {
  const { files = filesOn() } = options;
  const manifest = await readManifest(path, files);
  if (manifest === undefined) {
    throw new UserError('no-run', `${path} holds no run: it has no manifest.json.`, {
      suggestion: 'Give the folder that mop run wrote.',
    });
  }
  return runFolder(path, manifest, files);
}

async function readManifest(path: string, files: RunFiles): Promise<Manifest | undefined> {
  const file = join(path, 'manifest.json');
  const bytes = await files.read(file);
  return bytes === undefined ? undefined : decodeManifest(file, bytes);
}

/** A folder without manifest is used only when it is empty but for what a killed start leaves: the lock and temporary files. */
async function requireOurs(path: string): Promise<void> {
  const names = await readdir(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const foreign = names.find((name) => !/^(run\.lock|manifest\.json\.tmp-)/.test(name));
  if (foreign === undefined) return;
  throw new UserError('other-config', `${path} is not empty (${foreign}) and holds no run; it is left as it is.`, {
    suggestion: 'Give another --output, or empty the folder.',
  });
}

function runFolder(path: string, opened: Manifest, files: RunFiles): RunFolder {
  let manifest = opened;
  const file = (name: string): string => join(path, name);
  const save = async (next: Manifest): Promise<void> => {
    await files.write(file('manifest.json'), encodeManifest(next));
    manifest = next;
  };
  return {
    path,
    get manifest() {
      return manifest;
    },
    file,
    has: (stage) => manifest.stages[stage] !== undefined,
    read: (stage, name) => readCommitted(manifest, files, { stage, name, path: file(name) }),
    async commit(stage, outputs) {
      for (const [name, content] of Object.entries(outputs)) await files.write(file(name), content);
      const hashes = Object.fromEntries(Object.entries(outputs).map(([name, content]) => [name, sha256(content)]));
      await save({ ...manifest, stages: { ...manifest.stages, [stage]: hashes } });
    },
    async fingerprint(found) {
      requireSameFingerprint(path, manifest, found);
      const fingerprints = { ...manifest.fingerprints, ...found };
      if (Object.keys(found).some((name) => manifest.fingerprints[name] === undefined)) {
        await save({ ...manifest, fingerprints });
      }
    },
    readPartial: (name) => files.read(file(join('partial', name))),
    writePartial: (name, content) => files.write(file(join('partial', name)), content),
    appendPartial: (name, content) => files.append(file(join('partial', name)), content),
    removePartial: (name) => files.remove(file(join('partial', name))),
  };
}

async function readCommitted(
  manifest: Manifest,
  files: RunFiles,
  { stage, name, path }: { stage: string; name: string; path: string },
): Promise<Uint8Array> {
  const expected = manifest.stages[stage]?.[name];
  if (expected === undefined) throw new Error(`stage ${stage} has no file ${name}`);
  const bytes = await files.read(path);
  if (bytes !== undefined && sha256(bytes) === expected) return bytes;
  const what = bytes === undefined ? 'is gone' : 'was changed';
  throw new UserError('damaged-run', `${path} ${what} since the run wrote it, and later stages rest on it.`, {
    suggestion: 'Put it back, or start a new run with another --output.',
  });
}
