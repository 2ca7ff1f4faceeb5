// What a user of one package sees: it alone installed in an empty folder, its size there, and what its README's example prints.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleOf } from '../ci/code-blocks.mjs';
import { sizeOf } from '../ci/folder-size.mjs';
import { run, runNpm } from '../ci/processes.mjs';

const FLAGS = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];

/**
 * Installs packages in a new folder.
 * @param {string} folder
 * @param {readonly string[]} packages as npm takes them
 * @param {string} npmrc settings of that folder
 * @throws Error with npm's words
 */
export function installIn(folder, packages, npmrc) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  writeFileSync(join(folder, '.npmrc'), npmrc);
  const { ok, output } = runNpm(['install', ...FLAGS, ...packages], { cwd: folder, capture: true });
  if (!ok) throw new Error(`npm install ${packages.join(' ')}\n${output}`);
}

/** Version of a package as installed in a folder. */
export function installedVersion(folder, name) {
  const manifest = join(folder, 'node_modules/@mixture-of-personas', name, 'package.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

/**
 * Installs a package alone and runs its README's first program there.
 * @returns its version, the bytes of node_modules, and what the program printed
 * @throws Error when the program fails or prints anything but what the README says
 */
export function tryPackage(name, folder, npmrc) {
  installIn(folder, [`@mixture-of-personas/${name}`], npmrc);
  const bytes = sizeOf(join(folder, 'node_modules'));
  const { code, printed } = exampleOf(name);
  writeFileSync(join(folder, 'example.mjs'), code);
  const { ok, output } = run(process.execPath, ['example.mjs'], {
    cwd: folder,
    env: { FORCE_COLOR: undefined },
    capture: true,
  });
  if (!ok || output !== printed) throw new Error(`The README's example printed\n${output}\nand not\n${printed}`);
  return { version: installedVersion(folder, name), bytes, output };
}
