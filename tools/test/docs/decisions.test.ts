import { describe, expect, it } from '@jest/globals';
import { filesEnding, node, read } from '../workspace.js';

const pages = filesEnding('.md').filter((path) => /^docs\/decisions\/\d{4}-/.test(path));
const numberOf = (path: string): string => path.slice('docs/decisions/'.length).slice(0, 4);

/** Numbers of the pages that the status line of a page names after a phrase. */
const namedAfter = (page: string, phrase: RegExp): string[] =>
  [...(read(page).split('\n')[2] ?? '').matchAll(new RegExp(`${phrase.source}\\[(\\d{4})\\]`, 'g'))].map(
    ([, number = '']) => number,
  );

describe('docs/decisions', () => {
  it('has an index that lists every page with its title and status (npm run decisions)', () => {
    const { status, stderr } = node(['tools/docs/decisions.mjs', '--check']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const page of pages)
      expect(read('docs/decisions/README.md')).toContain(`[${numberOf(page)}](${page.slice(15)})`);
  });
  it('gives each number to one page', () => {
    expect(new Set(pages.map(numberOf)).size).toBe(pages.length);
  });
  it('says in the first line of a superseded page what replaces it, and in that page what it replaces', () => {
    const superseded = pages.flatMap((page) =>
      namedAfter(page, /superseded (?:in part )?by /).map((by) => ({ page, by })),
    );
    expect(superseded.length).toBeGreaterThan(0);
    for (const { page, by } of superseded) {
      const replacing = pages.find((each) => numberOf(each) === by) ?? '';
      expect(namedAfter(replacing, /replaces .*/)).toContain(numberOf(page));
    }
  });
  it('names a page by its file name wherever a file name is given', () => {
    const files = ['.md', '.ts', '.mjs', '.yaml'].flatMap((ending) => filesEnding(ending));
    const named = files.flatMap((file) =>
      [...read(file).matchAll(/decisions\/(\d{4}-[a-z0-9-]+)/g)].map(([, name]) => `docs/decisions/${name}.md`),
    );
    expect(named.filter((path) => !pages.includes(path))).toEqual([]);
  });
});
