// The prose check: comments, docstrings, identifiers, messages and pages, against the word list of words.mjs.
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import tseslint from 'typescript-eslint';
import { britishAdvice, DOCSTRING_START, PHRASES } from './words.mjs';

/** Words of a name or a sentence: `bestCentre` has two. */
const wordsOf = (text) => text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];

/** Pieces of a program that people read: {kind: 'docstring' | 'prose' | 'name', text, line}. */
function piecesOfCode(code) {
  const { ast: tree } = tseslint.parser.parseForESLint(code, { comment: true, loc: true, allowInvalidAST: true });
  const pieces = tree.comments.flatMap(({ type, value, loc }) => {
    const docstring = type === 'Block' && value.startsWith('*');
    const lines = value.split('\n').map((line) => line.replace(/^\s*\*+\s?/, ''));
    const first = lines.findIndex((line) => line.trim() !== '');
    return lines.map((text, i) => ({
      kind: docstring && i === first ? 'docstring' : 'prose',
      text: text.trim(),
      line: loc.start.line + i,
    }));
  });
  const names = new Map();
  const stack = [tree];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const line = node.loc?.start.line;
    if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') {
      if (!names.has(node.name)) names.set(node.name, { kind: 'name', text: node.name, line });
    } else if (node.type === 'Literal' && typeof node.value === 'string') {
      pieces.push({ kind: node.value.includes(' ') ? 'prose' : 'name', text: node.value, line });
    } else if (node.type === 'TemplateElement') {
      pieces.push({ kind: 'prose', text: node.value.raw, line });
    }
    for (const key in node) {
      if (key === 'parent' || key === 'comments' || key === 'tokens' || key === 'loc' || key === 'range') continue;
      const value = node[key];
      if (Array.isArray(value)) stack.push(...value.filter((each) => typeof each?.type === 'string'));
      else if (typeof value?.type === 'string') stack.push(value);
    }
  }
  return [...pieces, ...names.values()];
}

/** Lines of a page; inside code fences only names are looked at. */
function piecesOfPage(page) {
  let code = false;
  return page.split('\n').map((text, i) => {
    const fence = /^\s*```/.test(text);
    if (fence) code = !code;
    return { kind: code || fence ? 'name' : 'prose', text: text.replace(/\]\([^)]*\)/g, ']'), line: i + 1 };
  });
}

/** Lines of a program in Python or of a YAML file: comments and docstrings cannot be told from the rest, so spelling alone. */
const piecesOfLines = (text) => text.split('\n').map((line, i) => ({ kind: 'name', text: line, line: i + 1 }));

const READERS = {
  '.ts': piecesOfCode,
  '.mjs': piecesOfCode,
  '.md': piecesOfPage,
  '.py': piecesOfLines,
  '.yaml': piecesOfLines,
};

/** Whether the prose check reads a file, by its ending. */
export const isRead = (file) => extname(file) in READERS;

function findingsOf({ kind, text }) {
  const found = [];
  for (const word of new Set(wordsOf(text))) {
    const advice = britishAdvice(word);
    if (advice !== undefined) found.push(['british', `${word}: ${advice}`]);
  }
  for (const { pattern, say, anywhere = false } of PHRASES) {
    if (kind === 'name' && !anywhere) continue;
    const words = kind === 'name' ? wordsOf(text).join(' ') : text;
    const matches = words.matchAll(new RegExp(pattern, `g${pattern.flags.replace('g', '')}`));
    for (const [phrase] of matches) found.push(['plain-words', `"${phrase}": ${say}`]);
  }
  if (kind === 'docstring' && DOCSTRING_START.test(text)) {
    found.push(['docstring-start', `"${text.slice(0, 40)}": begin with a noun or a verb`]);
  }
  return found;
}

/**
 * Checks one text.
 * @param file its name, whose ending says how it is read
 * @returns {{rule: string, line: number, message: string}[]}
 */
export function proseFindings(file, text = readFileSync(file, 'utf8')) {
  const found = READERS[extname(file)](text).flatMap((piece) =>
    findingsOf(piece).map(([rule, message]) => ({ rule, line: piece.line, message })),
  );
  return found.sort((a, b) => a.line - b.line);
}
