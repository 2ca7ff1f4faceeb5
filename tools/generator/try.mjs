// Generates one of each kind in a copy of the workspace, and there checks types and runs the tests that were generated.
// stdout: {"KIND": "" or what went wrong}
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from '../ci/processes.mjs';
import { copyWorkspace } from '../release/working-copy.mjs';

const KINDS = [
  { kind: 'metric', name: 'mean-distance', folder: 'packages/metrics' },
  { kind: 'engine', name: 'equal-bytes', folder: 'packages/llm' },
  { kind: 'baseline', name: 'plain-words', folder: 'packages/synthesis' },
];
const JEST = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js')];

function problemOf(copy, { kind, name, folder }) {
  const cwd = join(copy, folder);
  const steps = [
    [copy, 'tools/generator/main.mjs', kind, name],
    [copy, join(root, 'node_modules/typescript/bin/tsc'), '-b', join(folder, 'test')],
    // Its counts are no tests of the tools.
    [cwd, ...JEST, name, '--reporters=default'],
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
  console.log(JSON.stringify(Object.fromEntries(KINDS.map((each) => [each.kind, problemOf(copy, each)]))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
