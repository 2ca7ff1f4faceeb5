// `npm run bench -- NAME [ARGS]`: builds the package and runs its benchmark; without a name, says which there are.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install, packageNames, root, run, runScript } from '../ci/processes.mjs';

const [name = '', ...args] = process.argv.slice(2);
const benchOf = (each) => join(root, 'packages', each, 'bench', 'main.mjs');
const names = packageNames.filter((each) => existsSync(benchOf(each)));

if (!names.includes(name)) {
  console.error(`usage: npm run bench -- NAME [ARGS]\nNAME is one of: ${names.join(', ')}`);
  process.exitCode = name === '' ? 0 : 1;
} else {
  const project = `@mixture-of-personas/${name}`;
  const built =
    install() && runScript('nx/dist/bin/nx.js', ['run', `${project}:build`, '--outputStyle=static'], { capture: true });
  if (!built || !built.ok) {
    console.error(built ? built.output : 'npm ci failed.');
    process.exitCode = 1;
  } else {
    process.exitCode = run(process.execPath, [benchOf(name), ...args]).ok ? 0 : 1;
  }
}
