// The browser that tests of pages run in: Chromium, from the variable CHROMIUM, the path, or (root on Debian and its kin) its package.
//   node tools/ci/browser.mjs            prints its path, installing it where that is possible
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns {string | undefined} path of an installed Chromium or Chrome */
export function findBrowser() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...ELSEWHERE].find((path) =>
    existsSync(path),
  );
}

/**
 * Sets CHROMIUM for the tests that follow.
 * @returns {boolean} whether there is a browser; why there is none is printed
 */
export function provideBrowser() {
  const found = findBrowser() ?? (install() ? findBrowser() : undefined);
  if (found === undefined) {
    console.log('No Chromium here, so the tests of pages are skipped: install chromium, or set CHROMIUM to its path.');
    return false;
  }
  process.env.CHROMIUM = found;
  return true;
}

/** Debian's package, where this process may install one. */
function install() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => run('apt-get', args, { env, capture: true });
  if (apt('install', '-y', '--no-install-recommends', 'chromium').ok) return true;
  const { ok, output } = apt('update').ok
    ? apt('install', '-y', '--no-install-recommends', 'chromium')
    : { ok: false, output: 'apt-get update failed' };
  if (!ok) console.log(`Chromium could not be installed:\n${output.slice(-400)}`);
  return ok;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (provideBrowser()) console.log(process.env.CHROMIUM);
  else process.exitCode = 1;
}
