// Code blocks of a Markdown page, and what a page says a program prints.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './processes.mjs';

/**
 * The fenced blocks of a page, in order.
 * @param {string} markdown
 * @returns {{ language: string, code: string, line: number }[]} `line` is that of the opening fence, from 1
 */
export function blocksOf(markdown) {
  return [...markdown.matchAll(/^```([\w-]*)[^\n]*\n(.*?)^```$/gms)].map(({ 1: language, 2: code, index }) => ({
    language,
    code,
    line: markdown.slice(0, index).split('\n').length,
  }));
}

/**
 * Programs (`js` blocks, and `ts` blocks, which need real models) of a page, each with what the page says it prints: its `// →` comments in order, else the `text` block right
 * after it, else undefined.
 * @param {string} markdown
 * @returns {{ language: 'js' | 'ts', code: string, line: number, printed: string | undefined }[]}
 */
export function programsOf(markdown) {
  const blocks = blocksOf(markdown);
  return blocks.flatMap(({ language, code, line }, i) => {
    if (language !== 'js' && language !== 'ts') return [];
    const comments = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, value]) => `${value}\n`).join('');
    const after = blocks[i + 1]?.language === 'text' ? blocks[i + 1].code : undefined;
    return [{ language, code, line, printed: comments || after }];
  });
}

/** The first program of a package's README, which its users see first. */
export function exampleOf(name) {
  return programsOf(readFileSync(join(root, 'packages', name, 'README.md'), 'utf8'))[0];
}

// usage: node tools/ci/code-blocks.mjs PAGE…   prints {"PAGE": {blocks, programs}} as JSON
if (process.argv[1] === import.meta.filename) {
  const pages = process.argv.slice(2).map((page) => {
    const markdown = readFileSync(join(root, page), 'utf8');
    return [page, { blocks: blocksOf(markdown), programs: programsOf(markdown) }];
  });
  console.log(JSON.stringify(Object.fromEntries(pages)));
}
