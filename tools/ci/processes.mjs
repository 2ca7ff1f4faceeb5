// Starting other programs the same way on Linux, macOS and Windows: through Node itself, never through a shell.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the workspace. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The workspace's packages, each after those it may import. */
export const packageNames = [
  'numeric',
  'models',
  'encoder',
  'llm',
  'gating',
  'metrics',
  'synthesis',
  'pipeline',
  'cli',
].filter((name) => existsSync(join(root, 'packages', name)));

/** npm's own script: the one that runs this, else the one beside Node. */
function npmScript() {
  const beside = dirname(process.execPath);
  const places = [
    process.env.npm_execpath,
    join(beside, 'node_modules/npm/bin/npm-cli.js'),
    join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(beside, '../share/nodejs/npm/bin/npm-cli.js'),
  ];
  return places.find((path) => path?.endsWith('.js') && existsSync(path));
}

/**
 * Runs a program, its output passed through unless `capture` is set; ends it after `timeout` milliseconds.
 * @returns {{ ok: boolean, output: string }} output is empty unless captured
 */
export function run(command, args, { cwd = root, env = {}, capture = false, timeout } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', capture ? 'pipe' : 'inherit', capture ? 'pipe' : 'inherit'],
    encoding: 'utf8',
    timeout,
    maxBuffer: 1 << 28,
  });
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}${error ? String(error) : ''}` };
}

/** Runs a script of a package in node_modules, such as `nx/dist/bin/nx.js`. */
export function runScript(script, args, options) {
  return run(process.execPath, [join(root, 'node_modules', script), ...args], options);
}

/** Runs npm. */
export function runNpm(args, options) {
  const script = npmScript();
  return script ? run(process.execPath, [script, ...args], options) : run('npm', args, options);
}

/**
 * Installs what the lock file names, where nothing is installed; the network gets three tries.
 * @returns {boolean} whether everything is installed
 */
export function install() {
  if (existsSync(join(root, 'node_modules', '.package-lock.json'))) return true;
  for (let attempt = 1; attempt <= 3; attempt++) {
    console.log(`npm ci, try ${attempt} of 3`);
    if (runNpm(['ci', '--no-audit', '--no-fund']).ok) return true;
  }
  return false;
}

/**
 * Links the command `mop` of the built packages into node_modules/.bin. npm links no command whose file did not exist when it installed,
 * and `npx mop` would then ask the registry for an unrelated package of that name.
 * @returns {boolean} whether it is linked
 */
export function linkCommand() {
  const { ok, output } = runNpm(['rebuild', '@mixture-of-personas/cli', '--ignore-scripts'], { capture: true });
  if (!ok) console.error(output);
  return ok;
}
