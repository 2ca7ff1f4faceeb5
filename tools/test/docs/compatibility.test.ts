import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { root } from '../workspace.js';

it('docs/compatibility.md is what its results make', () => {
  const check = (): string =>
    execFileSync(process.execPath, [join(root, 'tools/ci/compatibility.mjs'), '--check'], { encoding: 'utf8' });
  expect(check).not.toThrow();
});
