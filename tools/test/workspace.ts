import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the workspace. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** Folder names below packages/. */
export const packageNames: string[] = readdirSync(join(root, 'packages')).sort();

/** A package.json, as far as these tests read it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly type?: string;
  readonly license?: string;
  readonly description?: string;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly nx?: { readonly tags: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Reads a file below the root. */
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Reads the package.json in a folder below the root. */
export const manifestOf = (folder: string): Manifest => JSON.parse(read(`${folder}/package.json`)) as Manifest;

const NOT_OURS = new Set(['node_modules', 'dist', 'out-tsc', '.git', '.nx', 'coverage', 'runs']);

/** Paths below the root, with `/`, of every file of the project whose name ends so. */
export function filesEnding(ending: string, folder: string = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesEnding(ending, path);
    return entry.name.endsWith(ending) ? [relative(root, path).split(sep).join('/')] : [];
  });
}

/** Runs Node with the arguments given. */
export function node(
  args: readonly string[],
  cwd: string = root,
  input?: string,
): { status: number | null; stdout: string; stderr: string } {
  // Nx asks its tasks for colors; what is compared here is what a pipe would get.
  const env = { ...process.env };
  delete env['FORCE_COLOR'];
  return spawnSync(process.execPath, args, { cwd, env, input, encoding: 'utf8', maxBuffer: 1 << 26 });
}
