// `npm run demo -- [ARGS of mop run]`: from a fresh clone to a finished run: installs where nothing is installed, builds, runs `mop run`.
import { join } from 'node:path';
import { prepare } from './ci/prepare.mjs';
import { root, run } from './ci/processes.mjs';

// Relative paths among the arguments mean the folder that npm was called in.
const cwd = process.env.INIT_CWD ?? process.cwd();
const done =
  prepare().ok &&
  run(process.execPath, [join(root, 'packages/cli/dist/main.js'), 'run', ...process.argv.slice(2)], { cwd }).ok;
process.exitCode = done ? 0 : 1;
