import { readdir } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { codeOf, UserError } from '../errors.js';
import { filesOn, sha256, type RunFiles } from './files.js';
import { sealed, unsealed } from './sealed.js';
import { decodeTimes, TIMES_FILE, type StageTimes } from './stage-times.js';
import {
  decodeManifest,
  encodeManifest,
  isJson,
  type Manifest,
  resumedManifest,
  type RunIdentity,
  type StageFiles,
  withFingerprints,
} from './manifest.js';

/** Files of a stage, by name in the folder. */
export type Outputs = Readonly<Record<string, Uint8Array | string>>;

/** A file of a run: the stage that writes it, and how its bytes become a value. */
export interface ReadableFile<Value> {
  readonly stage: string;
  readonly name: string;
  /** @param path for messages. @throws UserError `damaged-run` when the bytes are no such value */
  decode(this: void, bytes: Uint8Array, path: string): Value;
  /** Reads files that an earlier version wrote under another name. */
  readonly earlier?: Pick<ReadableFile<Value>, 'name' | 'decode'>;
}

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
  /** The value of a finished stage's file. @throws UserError `damaged-run` when it is gone, was changed or is no such file */
  read<Value>(file: ReadableFile<Value>): Promise<Value>;
  /** Its bytes. @throws UserError `damaged-run` when it is gone or was changed since */
  readBytes(stage: string, name: string): Promise<Uint8Array>;
  /**
   * Whether all files of a finished stage are there as they were written. What was changed is set aside under a name that is told, so that the stage can
   * be done again.
   */
  isWhole(stage: string): Promise<boolean>;
  /**
   * Writes a stage's files, then marks it finished; a kill in between leaves it unfinished, to be done again. Where a stage done again comes out otherwise,
   * later stages, which rest on it, count as unfinished.
   */
  commit(stage: string, outputs: Outputs): Promise<void>;
  /** Notes fingerprints, or checks them when the run noted them before. @throws UserError `other-config` */
  fingerprint(found: Readonly<Record<string, string>>): Promise<void>;
  /** Unfinished work of a stage, as far as it is whole, or undefined; a damaged file is set aside under a name that is told. */
  readPartial<Value>(file: Pick<ReadableFile<Value>, 'name' | 'decode'>): Promise<Value | undefined>;
  writePartial(name: string, content: Uint8Array | string): Promise<void>;
  appendPartial(name: string, content: string): Promise<void>;
  removePartial(name: string): Promise<void>;
  /** Notes what a stage took, beside the manifest, so that equal runs have equal manifests. */
  noteTime(stage: string, time: StageTimes[string]): Promise<void>;
  /** Noted times by stage; none in a folder of an earlier version. */
  times(): Promise<StageTimes>;
}

/** The disk of a run, and who is told of what was found on it. */
interface RunDisk {
  readonly files: RunFiles;
  /** Told in a sentence what was found damaged and where it went, and which software is another now. */
  readonly onNote: (sentence: string) => void;
}

/**
 * Opens the folder of a run, made when it is not there.
 * @param given the real disk, and nobody to be told, where there is nothing
 * @throws UserError `other-config` when it holds another run, or files that no run wrote
 */
export async function openRunFolder(
  path: string,
  identity: RunIdentity,
  given: Partial<RunDisk> = {},
): Promise<RunFolder> {
  const disk: RunDisk = { files: filesOn(), onNote: () => undefined, ...given };
  const { files, onNote } = disk;
  await setAsideManifest(path, disk);
  const existing = await readManifest(path, files);
  if (existing === undefined) await requireOurs(path);
  const manifest: Manifest =
    existing === undefined
      ? { format: 1, ...identity, fingerprints: {}, stages: {} }
      : resumedManifest(path, existing, { ...identity, onNote });
  if (manifest !== existing) await files.write(join(path, 'manifest.json'), encodeManifest(manifest));
  return runFolder(path, manifest, disk);
}

/**
 * Opens the folder of an existing run to read it.
 * @throws UserError `no-run` when there is none
 */
export async function openExistingRun(path: string): Promise<RunFolder> {
  const files = filesOn();
  const manifest = await readManifest(path, files);
  if (manifest === undefined)
    throw new UserError('no-run', `${path} holds no run: it has no manifest.json.`, {
      remedy: 'Give the folder that mop run wrote.',
    });
  return runFolder(path, manifest, { files, onNote: () => undefined });
}

/** A manifest that is no JSON was damaged by the disk: it is set aside, and the run begins anew with the scores there are. */
async function setAsideManifest(path: string, { files, onNote }: RunDisk): Promise<void> {
  const file = join(path, 'manifest.json');
  const bytes = await files.read(file);
  if (bytes === undefined || isJson(bytes)) return;
  const name = await files.setAside(file);
  onNote(`${file} was damaged and set aside as ${name}; the run's stages are repeated, with the scores that are kept.`);
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
  if (names.some((name) => name.startsWith('manifest.json.damaged-'))) return; // a run's, whose manifest was set aside
  const foreign = names.find((name) => !/^(run\.lock|manifest\.json\.tmp-)/.test(name));
  if (foreign === undefined) return;
  throw new UserError('other-config', `${path} is not empty (${foreign}) and holds no run; it is left as it is.`, {
    remedy: 'Give another --output, or empty the folder.',
  });
}

function runFolder(path: string, opened: Manifest, disk: RunDisk): RunFolder {
  const { files } = disk;
  let manifest = opened;
  const file = (name: string): string => within(path, name);
  const save = async (next: Manifest): Promise<void> => {
    await files.write(file('manifest.json'), encodeManifest(next));
    manifest = next;
  };
  const times = async (): Promise<StageTimes> => decodeTimes(await files.read(file(TIMES_FILE)));
  return {
    path,
    get manifest() {
      return manifest;
    },
    file,
    has: (stage) => manifest.stages[stage] !== undefined,
    async read(wanted) {
      const { stage, earlier } = wanted;
      const written = manifest.stages[stage] ?? {};
      const { name, decode } = earlier !== undefined && written[earlier.name] !== undefined ? earlier : wanted;
      return decode(await readCommitted(manifest, files, { stage, name, path: file(name) }), file(name));
    },
    readBytes: (stage, name) => readCommitted(manifest, files, { stage, name, path: file(name) }),
    isWhole: (stage) => setAsideChanged(manifest.stages[stage] ?? {}, file, disk),
    async commit(stage, outputs) {
      for (const [name, content] of Object.entries(outputs)) await files.write(file(name), content);
      const hashes = Object.fromEntries(Object.entries(outputs).map(([name, content]) => [name, sha256(content)]));
      await save({ ...manifest, stages: withStage(manifest.stages, stage, hashes) });
    },
    async fingerprint(found) {
      const next = withFingerprints(path, manifest, found);
      if (next !== manifest) await save(next);
    },
    async readPartial({ name, decode }) {
      const path = file(join('partial', name));
      const bytes = await readSealed(path, disk);
      return bytes === undefined ? undefined : decode(bytes, path);
    },
    writePartial: (name, content) => files.write(file(join('partial', name)), sealed(content)),
    appendPartial: (name, content) => files.append(file(join('partial', name)), sealed(content)),
    removePartial: (name) => files.remove(file(join('partial', name))),
    async noteTime(stage, time) {
      await files.write(file(TIMES_FILE), `${JSON.stringify({ ...(await times()), [stage]: time }, null, 2)}\n`);
    },
    times,
  };
}

/** A path below a folder. @throws UserError `outside-run` for a name that leads out of it, wherever it comes from */
function within(folder: string, name: string): string {
  const path = join(folder, name);
  const way = relative(folder, path);
  if (!isAbsolute(name) && !isAbsolute(way) && way.split(sep)[0] !== '..') return path;
  throw new UserError('outside-run', `${name} lies outside the run's folder ${folder}, where a run writes nothing.`, {
    remedy: 'Choose a name without .. in it.',
  });
}

/** Sets aside every file of a stage that is not as it was written. @returns whether there is none, and none is gone */
async function setAsideChanged(
  hashes: StageFiles,
  file: (name: string) => string,
  { files, onNote }: RunDisk,
): Promise<boolean> {
  let whole = true;
  for (const [name, expected] of Object.entries(hashes)) {
    const bytes = await files.read(file(name));
    if (bytes !== undefined && sha256(bytes) === expected) continue;
    whole = false;
    const what =
      bytes === undefined ? 'is gone' : `was changed and is set aside as ${await files.setAside(file(name))}`;
    onNote(`${file(name)} ${what}; the stage that made it is repeated.`);
  }
  return whole;
}

/** The stages with one of them done, or done again: those after it rest on its bytes and stay only if these are the same. */
function withStage(stages: Manifest['stages'], stage: string, hashes: StageFiles): Manifest['stages'] {
  const before = stages[stage];
  if (before === undefined || JSON.stringify(before) === JSON.stringify(hashes)) return { ...stages, [stage]: hashes };
  const names = Object.keys(stages);
  const earlier = names.slice(0, names.indexOf(stage)).map((name) => [name, stages[name] ?? {}] as const);
  return { ...Object.fromEntries(earlier), [stage]: hashes };
}

/** A file of unfinished work, as far as it is whole; what is not is cut off, so that work is appended behind what is. */
async function readSealed(path: string, { files, onNote }: RunDisk): Promise<Uint8Array | undefined> {
  const bytes = await files.read(path);
  if (bytes === undefined) return undefined;
  const { content, state } = unsealed(bytes);
  if (state === 'whole') return content;
  if (state === 'damaged')
    onNote(
      `${path} was damaged and set aside as ${await files.setAside(path)}; what it held beyond the damage is repeated.`,
    );
  await files.write(path, sealed(content));
  return content.length === 0 ? undefined : content;
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
    remedy: 'Put it back, or start a new run with another --output.',
  });
}
