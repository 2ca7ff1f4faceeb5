import { expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { node, packageNames, read, root } from '../workspace.js';

it('ARCHITECTURE.md draws the imports that the sources have', () => {
  const { status, stderr } = node(['tools/docs/architecture.mjs', '--check']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it('ARCHITECTURE.md describes every package', () => {
  for (const name of packageNames) expect(read('ARCHITECTURE.md')).toContain(`| \`${name}\``);
});

it('ARCHITECTURE.md names only files and folders that exist', () => {
  const named = [...read('ARCHITECTURE.md').matchAll(/`((?:packages|experiments|tools)\/[\w./-]+)`/g)];
  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
