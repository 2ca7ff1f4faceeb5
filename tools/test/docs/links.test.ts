import { expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { filesEnding, read, root } from '../workspace.js';

/** Anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

const anchorsIn = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));

/** Links of a page that lead nowhere; addresses on the web are not asked for. */
function deadLinks(page: string): string[] {
  const prose = read(page)
    .replace(/^```.*?^```$/gms, '')
    .replace(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)[^)]*\)/g)]
    .map(([, link]) => link)
    .filter((link) => !/^[a-z]+:/i.test(link));
  return links.filter((link) => {
    const [path, anchor] = link.split('#');
    const target =
      path === ''
        ? page
        : normalize(join(dirname(page), path))
            .split('\\')
            .join('/');
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsIn(target).includes(anchor);
  });
}

it.each(filesEnding('.md'))('every relative link of %s leads to a file and a heading that exist', (page) => {
  expect(deadLinks(page)).toEqual([]);
});
