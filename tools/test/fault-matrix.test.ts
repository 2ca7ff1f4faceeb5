import { expect, it } from '@jest/globals';
import { node, read } from './workspace.js';

it('docs/fault-matrix.md is made from what the tests measured (node tools/ci/fault-matrix.mjs)', () => {
  const program =
    "import('./tools/ci/fault-matrix.mjs').then(({ faultMatrix }) => faultMatrix()).then(({ text }) => process.stdout.write(text))";
  const { status, stdout } = node(['-e', program]);
  expect(status).toBe(0);
  expect(read('docs/fault-matrix.md')).toBe(stdout);
});
