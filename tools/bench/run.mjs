// `npm run bench -- NAME [ARGS]`: builds the package and runs its benchmark; without a name, lists them.
// `npm run bench -- --smoke`: runs every benchmark at its smallest size, in seconds each, from packages that are built.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install, packageNames, root, run, runScript } from '../ci/processes.mjs';

/** Benchmarks beside a package's own. */
const OTHERS = { 'score-server': 'llm' };
const benchOf = (name) => {
  const [owner, file] = name in OTHERS ? [OTHERS[name], name] : [name, 'main'];
  return join(root, 'packages', owner, 'bench', `${file}.mjs`);
};
const names = [...packageNames.filter((name) => existsSync(benchOf(name))), ...Object.keys(OTHERS)];

/** Load tests of maintainers, at their smallest size. */
const LOAD_TESTS = [
  [
    'gate',
    '--personas',
    '20',
    '--exemplars',
    '100',
    '--records',
    '200',
    '--batch',
    '8',
    '--width',
    '16',
    '--steps',
    '1',
  ],
  ['fit', '--pairs', '200', '--personas', '4', '--exemplars', '20', '--width', '8', '--batch', '16'],
  ['score-store', '--curves', '2000'],
];

function timed(title, program, args) {
  const start = performance.now();
  console.log(`── ${title}`);
  const { ok } = run(process.execPath, [program, ...args]);
  console.log(`── ${title}: ${ok ? 'passed' : 'FAILED'} in ${((performance.now() - start) / 1e3).toFixed(1)} s`);
  return ok;
}

const smoke = (name) => timed(name, benchOf(name), ['--smoke']);
const loadTest = ([name, ...args]) => timed(`load test ${name}`, join(root, 'tools/load-test', `${name}.mjs`), args);

function measure(name, args) {
  const target = `@mixture-of-personas/${OTHERS[name] ?? name}:build`;
  const nx = ['run', target, '--outputStyle=static'];
  const built = install()
    ? runScript('nx/dist/bin/nx.js', nx, { capture: true })
    : { ok: false, output: 'npm ci failed.' };
  if (!built.ok) console.error(built.output);
  return built.ok && run(process.execPath, [benchOf(name), ...args]).ok;
}

const [name = '', ...args] = process.argv.slice(2);
if (name === '--smoke') process.exitCode = [...names.map(smoke), ...LOAD_TESTS.map(loadTest)].every(Boolean) ? 0 : 1;
else if (names.includes(name)) process.exitCode = measure(name, args) ? 0 : 1;
else {
  console.error(`usage: npm run bench -- NAME [ARGS], or -- --smoke\nNAME is one of: ${names.join(', ')}`);
  process.exitCode = name === '' ? 0 : 1;
}
