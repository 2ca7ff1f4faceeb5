// Where the runtimes other than Node are, on this machine. Deno and Bun come from npm, into the user's cache folder; a browser is never installed.
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runNpm } from '../ci/processes.mjs';

const VERSIONS = { deno: '2.9.6', bun: '1.4.5' };
const folder = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  `mop-runtimes-${Object.values(VERSIONS).join('-')}`,
);

/** The program in the platform's own package: the common package's is a placeholder until its install script ran. */
function programIn(scope, path) {
  const packages = join(folder, 'node_modules', scope);
  const found = existsSync(packages) ? readdirSync(packages).map((name) => join(packages, name, ...path)) : [];
  return found.flatMap((file) => [file, `${file}.exe`]).find((file) => existsSync(file));
}

/** Installs Deno and Bun where they are missing; @returns {string} empty, or why not */
export function installRuntimes() {
  if (denoProgram() && bunProgram()) return '';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  const { ok, output } = runNpm(['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
    cwd: folder,
    capture: true,
  });
  if (!ok) return output;
  for (const program of [denoProgram(), bunProgram()]) chmodSync(program, 0o755);
  return '';
}

/** @returns {string | undefined} */
export const denoProgram = () => programIn('@deno', ['deno']);

/** @returns {string | undefined} */
export const bunProgram = () => programIn('@oven', ['bin', 'bun']);
