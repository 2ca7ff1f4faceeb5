// From a fresh clone to something that runs.
import { install, runScript } from './processes.mjs';

/**
 * Installs where nothing is installed, and builds; what the build prints is shown only when it fails.
 * @returns {{ ok: boolean, installSeconds: number }} installSeconds: 0 where nothing was to be installed
 */
export function prepare() {
  const start = performance.now();
  if (!install()) return { ok: false, installSeconds: 0 };
  const installSeconds = (performance.now() - start) / 1e3;
  const { ok, output } = runScript('nx/dist/bin/nx.js', ['run-many', '-t', 'build'], { capture: true });
  if (!ok) console.error(output);
  return { ok, installSeconds };
}
