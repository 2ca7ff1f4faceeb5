import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesEnding, manifestOf, node, read, root } from './workspace.js';

const manifest = manifestOf('packages/cli') as { readonly bin?: Readonly<Record<string, string>>; version: string };
const set = existsSync(join(root, 'node_modules/.bin/mop')) ? it : it.skip;

describe('the command', () => {
  it('is the only one of its package, so that npx @mixture-of-personas/cli runs it', () => {
    expect(manifest.bin).toEqual({ mop: './dist/main.js' });
  });
  set('npx mop in a clone runs the clone, without the registry (npm run setup links it)', () => {
    const npx = join(process.execPath, '../../lib/node_modules/npm/bin/npx-cli.js');
    const asked = existsSync(npx) ? [npx, '--offline', 'mop'] : [join(root, 'node_modules/.bin/mop')];
    expect(node([...asked, '--version'])).toMatchObject({ status: 0, stdout: `${manifest.version}\n` });
  });
  it('is never called npx mop in a page, but where the page says that this holds in a clone', () => {
    const pages = filesEnding('.md').filter(
      (page) => /npx mop\b/.test(read(page)) && !page.startsWith('docs/decisions/'),
    );
    expect(pages.filter((page) => !['README.md', 'CONTRIBUTING.md'].includes(page))).toEqual([]);
    for (const page of pages) expect(read(page)).toMatch(/clone/);
  });
  it('is named with its package in the README', () => {
    expect(read('README.md')).toContain('npx @mixture-of-personas/cli');
    expect(read('packages/cli/README.md')).toContain('npx @mixture-of-personas/cli');
  });
});
