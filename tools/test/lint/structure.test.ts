import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node, root } from '../workspace.js';

interface Finding {
  readonly rule: string;
  readonly file: string;
  readonly message: string;
}

const CHECK = `
  import { structureFindings } from './tools/lint/structure.mjs';
  process.stdout.write(JSON.stringify(process.argv.slice(1).map((folder) => structureFindings(folder))));`;

function findingsIn(...folders: string[]): Finding[][] {
  const { status, stdout, stderr } = node(['--input-type=module', '-e', CHECK, ...folders], root);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Finding[][];
}

const fixture = (name: string): string => join(root, 'tools/fixtures/lint/structure', name, 'src');
const folder = mkdtempSync(join(tmpdir(), 'mop-structure-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder below a `src` with so many files. */
function folderOf(count: number, name: string): string {
  mkdirSync(join(folder, name), { recursive: true });
  for (let i = 0; i < count; i++) writeFileSync(join(folder, name, `file-${i}.ts`), 'export {};\n');
  return join(folder, name.split('/src')[0] ?? '', 'src');
}

describe('the structure check (tools/lint/structure.mjs)', () => {
  const [files, types, folders, fine] = findingsIn(
    ...['file-circle', 'type-circle', 'folder-circle', 'fine'].map(fixture),
  );
  it('refuses a circle of a re-export and a dynamic import', () => {
    expect(files).toEqual([{ rule: 'file-circle', file: 'one.ts', message: 'one.ts → two.ts → one.ts' }]);
  });
  it('refuses a circle of type-only imports', () => {
    expect(types).toEqual([{ rule: 'file-circle', file: 'one.ts', message: 'one.ts → two.ts → one.ts' }]);
  });
  it('refuses a circle between folders in which no file takes part in a circle of files', () => {
    expect(folders).toEqual([{ rule: 'folder-circle', file: '', message: '.: report → run-folder → report' }]);
  });
  it('accepts folders that import one another in one direction', () => {
    expect(fine).toEqual([]);
  });
  it('accepts 15 files in a folder and 10 in a src itself, and refuses one more', () => {
    const sizes = [
      folderOf(15, 'a/src/room'),
      folderOf(16, 'b/src/room'),
      folderOf(10, 'c/src'),
      folderOf(11, 'd/src'),
    ];
    expect(findingsIn(...sizes).map((found) => found.map(({ rule }) => rule))).toEqual([
      [],
      ['full-folder'],
      [],
      ['full-folder'],
    ]);
  });
});
