// `npm run demo -- [ARGS of mop run]`: from a fresh clone to a finished run: installs where nothing is installed, builds, runs `mop run`.
import { join } from 'node:path';
import { install, root, run, runScript } from './ci/processes.mjs';

/** Installs and builds; what the build prints is shown only when it fails. */
function prepare() {
  if (!install()) return false;
  const { ok, output } = runScript('nx/dist/bin/nx.js', ['run-many', '-t', 'build'], { capture: true });
  if (!ok) console.error(output);
  return ok;
}

// Relative paths among the arguments mean the folder that npm was called in.
const cwd = process.env.INIT_CWD ?? process.cwd();
const ready = prepare();
const done =
  ready &&
  run(process.execPath, [join(root, 'packages/cli/dist/main.js'), 'run', ...process.argv.slice(2)], { cwd }).ok;
process.exitCode = done ? 0 : 1;
