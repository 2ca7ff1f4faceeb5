import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { manifestOf, node, packageNames, read, root } from './workspace.js';

describe.each(packageNames)('packages/%s', (name) => {
  const manifest = manifestOf(`packages/${name}`);

  it('has the same anatomy as the others', () => {
    expect(manifest).toMatchObject({
      name: `@mixture-of-personas/${name}`,
      type: 'module',
      license: 'Apache-2.0',
      nx: { tags: [`pkg:${name}`] },
    });
    expect(Object.keys(manifest.scripts)).toEqual(
      expect.arrayContaining(['build', 'lint', 'pack', 'test', 'typecheck']),
    );
    for (const path of ['README.md', 'src/index.ts', 'test', 'tsconfig.json']) {
      expect(existsSync(join(root, 'packages', name, path))).toBe(true);
    }
  });
  it('describes its version in CHANGELOG.md', () => {
    expect(read(`packages/${name}/CHANGELOG.md`)).toContain(`## ${manifest.version}`);
  });
  it('exports nothing wholesale', () => {
    expect(read(`packages/${name}/src/index.ts`)).not.toMatch(/export \*/);
  });
  it('packs, passes publint and attw, imports after npm install in an empty folder, and keeps to its size budget', () => {
    const { status, stdout, stderr } = node(['tools/ci/check-package.mjs', name]);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: expect.stringMatching(
        `^${name}: packed, linted, installed and imported; tarball \\d+ kB, installed \\d+ kB\n$`,
      ),
      stderr: '',
    });
  });
  it('can import every package of others that it depends on', () => {
    const wanted = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.devDependencies };
    const names = Object.keys(wanted).filter(
      (each) => !each.startsWith('@types/') && !each.startsWith('@mixture-of-personas/'),
    );
    // Optional engines that no one has to have (native TensorFlow) are peers without a development copy.
    const installed = names.filter((each) => each in { ...manifest.dependencies, ...manifest.devDependencies });
    const program = `for (const name of ${JSON.stringify(installed)}) await import(name);`;
    expect(node(['--input-type=module', '-e', program], join(root, 'packages', name))).toMatchObject({ status: 0 });
  });
});
