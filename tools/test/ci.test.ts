import { describe, expect, it } from '@jest/globals';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { manifestOf, read, root } from './workspace.js';

const COMMAND = /npm run (?:--silent )?verify/;

describe('the check', () => {
  it('is one command, the same in .ci/run, on GitHub and in the pages that people read', () => {
    expect(manifestOf('.').scripts['verify']).toBe('node tools/verify/main.mjs');
    for (const path of ['.ci/run', '.github/workflows/ci.yml', 'CONTRIBUTING.md', 'README.md'])
      expect(read(path)).toMatch(COMMAND);
  });
  it('is on GitHub what it is in .ci/run: the same commands with the same environment', () => {
    const [, verify = ''] = /^  verify:\n(.*?)^  \w/ms.exec(read('.github/workflows/ci.yml')) ?? [];
    const onGitHub = [...verify.matchAll(/^ +- run: (.*)$/gm)].map(([, command]) => command);
    const variables = [...verify.matchAll(/^ {10}([A-Z_]+): (\S+)$/gm)].map(([, name, value]) => `${name}=${value}`);
    const lines = read('.ci/run').split('\n');
    const here = lines.filter((line) => /^(npm|npx|node) /.test(line)).map((line) => line.replace(' </dev/null', ''));
    const exported = lines.filter((line) => line.startsWith('export ')).map((line) => line.slice('export '.length));
    expect({ commands: onGitHub, variables }).toEqual({
      commands: here,
      variables: exported,
    });
  });
  it('runs on every supported Node and on three systems', () => {
    const workflow = read('.github/workflows/ci.yml');
    expect(workflow).toContain('node: [20, 22, 24]');
    expect(workflow).toContain('os: [ubuntu-latest, macos-latest, windows-latest]');
  });
  const onUnix = process.platform === 'win32' ? it.skip : it;
  onUnix('can be executed', () => {
    expect(statSync(join(root, '.ci/run')).mode & 0o111).toBe(0o111);
  });
  it('names only scripts that exist, in the pages for contributors', () => {
    for (const page of ['CONTRIBUTING.md', 'AGENTS.md', 'README.md']) {
      const named = [...read(page).matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, script]) => script);
      const { scripts } = manifestOf('.');
      expect(named.filter((script) => !(script in scripts))).toEqual([]);
      expect(
        [...read(page).matchAll(/node (tools\/[\w/.-]+)/g)].filter(([, path]) => !existsSync(join(root, path))),
      ).toEqual([]);
    }
  });
});
