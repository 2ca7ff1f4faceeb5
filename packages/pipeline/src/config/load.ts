import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { codeOf, UserError } from '../errors.js';
import { DEMO_PATH } from '../data/sources/addresses.js';
import { isSection, withDemo, type Settings } from './demo.js';
import { requireObjective, requirePreset } from './gate-preset.js';
import { settingsOf } from './flags.js';
import { explainIssue, type IssueContext } from './issues.js';
import { configSchema, type MopConfig } from './schema.js';
import { GATE_DEFAULTS } from './sections/gate.js';
import { readConfigFile, type ConfigFile } from './yaml-file.js';

/** Folder in which the command runs; tests give a folder of their own. */
export interface LoadConfigOptions {
  /** Folder that paths are relative to. @defaultValue process.cwd() */
  readonly cwd?: string;
}

/** Settings whose value is a path: in a file they are relative to the file, on the command line to the working folder. */
export const PATHS: readonly string[] = [
  'population.path',
  'pool.path',
  'golden.path',
  'personas.file',
  'templates.file',
  'output',
  'gate.from',
  'simulate.gate',
  'method.attributes',
  'method.scores',
];

/**
 * The configuration of a command: flag over `--set` over file over default. The file is `--config`, else `mop.yaml` in the working
 * folder if there is one. Settings of the demonstration stand in for defaults where it is what was asked for (see `withDemo`).
 * @param argv parsed arguments of a command that has `configOptions`
 * @returns every setting filled in; paths are relative to the working folder, or absolute where they were given so
 * @throws UserError naming file, line and setting: no such file, not YAML, unknown key (with the nearest one), value out of range
 */
export async function loadConfig(
  argv: Readonly<Record<string, unknown>>,
  options: LoadConfigOptions = {},
): Promise<MopConfig> {
  const { cwd = process.cwd() } = options;
  const file = await chosenFile(typeof argv['config'] === 'string' ? argv['config'] : undefined, cwd);
  const given = settingsOf(argv);
  const draft =
    file === undefined ? {} : pathsFrom(emptyAsDefault(file.content), relative(cwd, dirname(resolve(cwd, file.path))));
  for (const { name, value } of given) setAt(draft, name.split('.'), value);
  return configFrom(withDemo(draft, file !== undefined), { file, given });
}

/**
 * The configuration of nested settings as in `mop.yaml`, with every default filled in.
 * @throws UserError naming the setting that does not exist or is out of range
 */
export function configFrom(
  draft: Settings,
  { file, given = [] }: Partial<Pick<IssueContext, 'file' | 'given'>> = {},
): MopConfig {
  const parsed = configSchema.safeParse(draft);
  if (parsed.success) {
    requirePoolPath(draft);
    requirePreset(draft, GATE_DEFAULTS);
    requireObjective(parsed.data);
    return parsed.data;
  }
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw parsed.error;
  throw explainIssue(issue, { draft, file, given });
}

/** Refuses counts of a pool that is not named: its other settings have defaults, which a written-out file holds without one. */
function requirePoolPath({ pool }: Settings): void {
  if (!isSection(pool) || pool['path'] !== undefined) return;
  const name = ['records', 'limit'].find((key) => pool[key] !== undefined);
  if (name === undefined) return;
  throw new UserError('bad-setting', `pool.${name} is given, but pool.path is missing.`, {
    remedy: 'Give pool.path, or leave the pool out.',
  });
}

/** Settings of a run with those on the command line in their place, unchecked. @throws UserError for a setting that does not exist */
export function withSettings(
  base: Readonly<Record<string, unknown>>,
  argv: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const draft = structuredClone(base) as Record<string, unknown>;
  for (const { name, value } of settingsOf(argv)) setAt(draft, name.split('.'), value);
  return draft;
}

async function chosenFile(asked: string | undefined, cwd: string): Promise<ConfigFile | undefined> {
  return readConfigFile(asked ?? 'mop.yaml', cwd).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    if (asked === undefined) return undefined;
    throw new UserError('no-config', `There is no configuration file ${asked}.`, { remedy: 'mop init writes one.' });
  });
}

/** `key:` with nothing after it means the default, as in a section whose settings are all commented out. */
export function emptyAsDefault(content: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(content).map(([key, value]): [string, unknown] => {
    if (value === null) return [key, undefined];
    return [key, isSection(value) ? emptyAsDefault(value) : value];
  });
  return Object.fromEntries(entries);
}

function pathsFrom(content: Record<string, unknown>, folder: string): Record<string, unknown> {
  const draft = structuredClone(content);
  for (const name of PATHS) {
    const keys = name.split('.');
    const value = keys.reduce<unknown>((at, key) => (isSection(at) ? at[key] : undefined), draft);
    if (typeof value !== 'string' || value === '' || isAbsolute(value)) continue;
    if ((name === 'population.path' || name === 'pool.path') && value === DEMO_PATH) continue;
    const path = join(folder, value);
    // A folder that happens to be called so is no demonstration.
    setAt(draft, keys, path === DEMO_PATH ? `./${path}` : path);
  }
  return draft;
}

/** Sets a value below dotted keys; sections on the way are made, or copied. */
export function setAt(target: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  const [first, ...rest] = keys;
  if (first === undefined) return;
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const below = target[first];
  const section = isSection(below) ? { ...below } : {};
  target[first] = section;
  setAt(section, rest, value);
}
