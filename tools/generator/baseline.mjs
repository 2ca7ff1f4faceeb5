// A baseline: a way of simulating without a mixture, with its test and its row in the README.
import { camelCase } from './changes.mjs';

const source = (name, fn) => `import { renderPrompt } from '../prompts.js';
import type { PromptTemplate } from '../template.js';
import type { Baseline } from './baseline.js';

/**
 * ${name}: every text is asked for by the template's own zero-shot prompt, until you plan something else here.
 * @param template of the data set; the same as the mixture's
 */
export function ${fn}(template: PromptTemplate): Baseline {
  return {
    name: '${name}',
    plan: (rows) => Promise.resolve(rows.map(() => ({ prompt: renderPrompt(template, 'zeroShot', {}) }))),
  };
}
`;

const test = (name, fn) => `import { expect, it } from '@jest/globals';
import { fakeModel } from '@mixture-of-personas/llm/testing';
import { ${fn}, simulateBaseline, templateFor, type SyntheticRow } from '../../src/index.js';

const template = templateFor('generic');
const input = { baseline: ${fn}(template), model: fakeModel(), template };

async function rowsOf(count: number, from = 0, earlier: readonly SyntheticRow[] = []): Promise<SyntheticRow[]> {
  const rows: SyntheticRow[] = [];
  for await (const row of simulateBaseline(input, { count, from, earlier, seed: 3 })) rows.push(row);
  return rows;
}

it('${name} writes the same rows when it is resumed as when it is not', async () => {
  const all = await rowsOf(24);
  const first = all.slice(0, 16);
  expect(all.every(({ text }) => text !== '')).toBe(true);
  expect([...first, ...(await rowsOf(8, 16, first))]).toEqual(all);
});
`;

/** @param {string} name in kebab case */
export function baseline(name) {
  const fn = camelCase(name);
  const folder = 'packages/synthesis';
  const changes = [
    { path: `${folder}/src/baselines/${name}.ts`, create: source(name, fn) },
    { path: `${folder}/test/baselines/${name}.test.ts`, create: test(name, fn) },
    {
      path: `${folder}/src/index.ts`,
      place: /\/\/ errors\n/,
      insert: `export { ${fn} } from './baselines/${name}.js';\n$&`,
    },
    { path: `${folder}/test/surface.test.ts`, place: /\n {2}\]\);/, insert: `\n    '${fn}',$&` },
    { path: `${folder}/test/surface.test.ts`, place: /(toEqual\(\[\n)(.*?)(\n {2}\]\);)/s, insert: sortedNames },
    {
      path: `${folder}/README.md`,
      place: /(## What there is\n\n\|[^\n]*\n\|[^\n]*(?:\n\|[^\n]*)*)/,
      insert: `$1\n| \`${fn}\` | ${name}: say here what it asks for, and where it comes from |`,
    },
  ];
  return {
    changes,
    formulaIn: `${folder}/src/baselines/${name}.ts`,
    check: 'npm test -w packages/synthesis -- ' + name,
    after: [],
  };
}

/** The surface test lists names as Array.sort does. */
function sortedNames(_, before, names, after) {
  return `${before}${names.split('\n').sort().join('\n')}${after}`;
}
