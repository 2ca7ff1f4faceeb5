import { describe, expect, it } from '@jest/globals';
import { filesEnding, read } from '../workspace.js';

const glossary = read('docs/glossary.md');
/** [term, meaning, where in the code] of every row. */
const rows = [...glossary.matchAll(/^\| \*\*(.+?)\*\* \| (.+) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
const quoted = rows.flatMap(([, , place = '']) => [...place.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code));

/** Keys of mop.yaml, as `section.key`. */
function configKeys(): string[] {
  const readme = read('packages/cli/README.md');
  return [...readme.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, key = '']) => key);
}

const sources = filesEnding('.ts')
  .filter((path) => /^packages\/[^/]+\/src\//.test(path))
  .map(read)
  .join('\n');

describe('docs/glossary.md', () => {
  it('defines the terms that the pages use', () => {
    const terms = rows.map(([term = '']) => term.split(',')[0]);
    for (const term of ['golden records', 'held-out records', 'validation records', 'pool', 'pair', 'gain', 'floor'])
      expect(terms).toContain(term);
    expect(new Set(terms).size).toBe(terms.length);
  });
  it('names only options that mop.yaml has', () => {
    const options = quoted.filter((code) =>
      /^(?:population|golden|personas|exemplars|gate|evaluate|llm|encoder|method)\.\w+/.test(code),
    );
    const missing = options
      .map((code) => code.split(':')[0] ?? '')
      .filter((key) => !/\.(?:json|jsonl|safetensors)$/.test(key) && !configKeys().includes(key));
    expect(missing).toEqual([]);
  });
  it('names only files and functions that the sources name', () => {
    const names = quoted.filter((code) => /^[A-Za-z]+$/.test(code) || /\.(?:json|jsonl|safetensors|html)$/.test(code));
    expect(names.filter((name) => !sources.includes(name))).toEqual([]);
  });
});
