// From a fresh clone to something that runs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install, linkCommand, root, runScript } from './processes.mjs';

/**
 * Installs where nothing is installed, builds, and links `npx mop`; what the build prints is shown only when it fails.
 * @returns {{ ok: boolean, installSeconds: number }} installSeconds: 0 where nothing was to be installed
 */
export function prepare() {
  const start = performance.now();
  if (!install()) return { ok: false, installSeconds: 0 };
  const installSeconds = (performance.now() - start) / 1e3;
  const { ok, output } = runScript('nx/dist/bin/nx.js', ['run-many', '-t', 'build'], { capture: true });
  if (!ok) console.error(output);
  const linked = ok && (existsSync(join(root, 'node_modules/.bin/mop')) || linkCommand());
  return { ok: linked, installSeconds };
}
