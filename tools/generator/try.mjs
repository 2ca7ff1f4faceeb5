// Generates one of each kind in a copy of the workspace, and there checks types, lints the new files and runs the tests that were generated; for the baseline, and for
// the command line that it is registered in, also those of the command line's methods.
// stdout: {"KIND": "" or what went wrong}
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageNames, root, run } from '../ci/processes.mjs';
import { copyWorkspace } from '../release/working-copy.mjs';

/** `tests`: a package's folder and what its Jest is told. */
const KINDS = [
  { kind: 'metric', name: 'mean-distance', tests: { 'packages/metrics': ['mean-distance', 'test/index'] } },
  { kind: 'engine', name: 'few-letters', tests: { 'packages/llm': ['few-letters'] } },
  {
    kind: 'baseline',
    name: 'plain-words',
    tests: { 'packages/synthesis': ['plain-words', 'sources'], 'packages/pipeline': ['methods', '-t', 'plain-words'] },
  },
];
const JEST = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js')];
const OURS = '@mixture-of-personas';

/** The installed dependencies by links, but the workspace's own packages those of the copy: what is generated in one is seen by the next. */
function linkDependencies(copy) {
  const modules = join(copy, 'node_modules');
  rmSync(modules);
  mkdirSync(join(modules, OURS), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== OURS) symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
  for (const name of packageNames) {
    symlinkSync(join(copy, 'packages', name), join(modules, OURS, name), 'junction');
    const own = join('packages', name, 'node_modules');
    if (existsSync(join(root, own))) symlinkSync(join(root, own), join(copy, own), 'junction');
  }
}

function problemOf(copy, { kind, name, tests }) {
  const folders = Object.keys(tests);
  const steps = [
    [copy, 'tools/generator/main.mjs', kind, name],
    [copy, join(root, 'node_modules/typescript/bin/tsc'), '-b', ...folders.map((folder) => join(folder, 'test'))],
    [join(copy, folders[0]), join(root, 'node_modules/eslint/bin/eslint.js'), `**/${name}*.ts`],
    // Their counts are no tests of the tools.
    ...folders.map((folder) => [join(copy, folder), ...JEST, ...tests[folder], '--reporters=default']),
  ];
  for (const [place, ...args] of steps) {
    const { ok, output } = run(process.execPath, args, { cwd: place, capture: true });
    if (!ok) return output;
  }
  return '';
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mop-generator-')));
try {
  const copy = join(folder, 'workspace');
  copyWorkspace(copy);
  linkDependencies(copy);
  console.log(JSON.stringify(Object.fromEntries(KINDS.map((each) => [each.kind, problemOf(copy, each)]))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
