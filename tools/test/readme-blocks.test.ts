import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node, packageNames, read, root } from './workspace.js';

interface Example {
  readonly program: string;
  readonly printed: string;
}

/** The first js block, and what it says it prints: the text block that follows, else its `// →` comments in order. */
function exampleOf(readme: string): Example | undefined {
  const [, program, rest = ''] = /^```js\n(.*?)^```$(.*)/ms.exec(readme) ?? [];
  if (program === undefined) return undefined;
  const [, text] = /^```text\n(.*?)^```$/ms.exec(rest) ?? [];
  const comments = [...program.matchAll(/\/\/ → (.*)$/gm)].map(([, value]) => `${value}\n`).join('');
  return { program, printed: comments === '' ? (text ?? '') : comments };
}

/** Runs the program as a user would: in an empty folder in which the packages are installed, from their builds. */
function run(program: string): { status: number | null; stdout: string; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mop-readme-'));
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    writeFileSync(join(folder, 'program.mjs'), program);
    return node(['program.mjs'], folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the first js block of a README prints what the README says', () => {
  const withPrograms = packageNames.map((name) => `packages/${name}/README.md`);
  it.each(withPrograms)('%s', (path) => {
    const { program = '', printed = '' } = exampleOf(read(path)) ?? {};
    expect(printed).not.toBe('');
    const { status, stdout, stderr } = run(program);
    expect({ stderr, stdout, status }).toEqual({ stderr: '', stdout: printed, status: 0 });
  });

  const rootExample = existsSync(join(root, 'README.md')) ? exampleOf(read('README.md')) : undefined;
  if (rootExample) {
    it('README.md', () => expect(run(rootExample.program)).toMatchObject({ stdout: rootExample.printed, status: 0 }));
  }
});
