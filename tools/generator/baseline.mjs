// A baseline: a way of simulating without a mixture, `--method.name NAME`, with its test and its rows in the README.
import { camelCase, YOURS } from './changes.mjs';

const source = (name, fn) => `import { askPrompt } from './ask.js';
import type { Baseline } from './baseline.js';
import { contextOf, labelOf, type ClassPlan } from './zerogen.js';

/**
 * ${name}: the template's zero-shot request with a class and a context. ${YOURS}: what it asks for, its source, what it throws.
 * @param about template, seed, classes asked for in turn and contexts drawn. ${YOURS}: a type that extends ClassPlan for whatever else it needs
 */
export function ${fn}(about: ClassPlan): Baseline {
  return {
    name: '${name}',
    // Draws are by \`randomFor(about.seed, '${name}', row)\`, so that a resumed run plans the same.
    plan: (rows) =>
      Promise.resolve(
        rows.map((row) => {
          const asked = { label: labelOf(about, row), context: contextOf(about, row) };
          // ${YOURS}: \`askPrompt\` also takes \`requirements\` and \`demonstrations\`; ids of texts shown belong into the plan's \`shown\`.
          return { ...asked, prompt: askPrompt(about.template, asked) };
        }),
      ),
  };
}
`;

const test = (name, fn) => `import { expect, it } from '@jest/globals';
import { fakeModel } from '@mixture-of-personas/llm/testing';
import { ${fn}, simulateBaseline, templateFor, type SyntheticRow } from '../../src/index.js';

const template = templateFor('generic');
const about = { template, seed: 3, labels: ['warm', 'cold'], contexts: ['the sea'] };
const input = { baseline: ${fn}(about), model: fakeModel(), template };

async function rowsOf(count: number, from = 0, earlier: readonly SyntheticRow[] = []): Promise<SyntheticRow[]> {
  const rows: SyntheticRow[] = [];
  for await (const row of simulateBaseline(input, { count, from, earlier, seed: 3 })) rows.push(row);
  return rows;
}

it('${name} asks for the classes in turn', async () => {
  const plans = await input.baseline.plan([0, 1], []);
  expect(plans.map(({ label }) => label)).toEqual(['warm', 'cold']);
  expect(JSON.stringify(plans[0].prompt)).toContain('warm');
});

it('${name} writes the same rows when it is resumed as when it is not', async () => {
  const all = await rowsOf(24);
  const first = all.slice(0, 16);
  expect(all.every(({ text }) => text !== '')).toBe(true);
  expect([...first, ...(await rowsOf(8, 16, first))]).toEqual(all);
});
`;

/** In the command line: the method's name, and how it is made of a run's records and settings. */
function inCommandLine(name, fn) {
  const schema = 'packages/pipeline/src/config/method-schema.ts';
  const rows = 'packages/pipeline/src/methods/method-rows.ts';
  return [
    { path: schema, free: new RegExp(`'${name}'`) },
    { path: schema, place: /(METHOD_NAMES = \[.*?)(\n\] as const)/s, insert: `$1\n  '${name}',$2` },
    { path: rows, place: /(export type BaselineName =[^;]+);/, insert: `$1 | '${name}';` },
    { path: rows, place: /\n {2}type Attribute,/, insert: `\n  ${fn},$&` },
    {
      path: rows,
      place: /\n {4}case 'picle':/,
      insert: `\n    case '${name}':\n      return ${fn}(about); // ${YOURS}: what else it needs: records.training, settings of \`method\`$&`,
    },
  ];
}

/** @param {string} name in kebab case */
export function baseline(name) {
  const fn = camelCase(name);
  const folder = 'packages/synthesis';
  const changes = [
    ...inCommandLine(name, fn),
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
      place: /(\| `simulateBaseline` with [^|]*?`) \|/,
      insert: `$1, \`${fn}\` |`,
    },
    {
      path: `${folder}/README.md`,
      place: /\n\| `simulate` with `uniform` pairs/,
      insert: `\n| \`${fn}\` (${YOURS}: source) | ${YOURS}: what the prompt says besides | ${YOURS}: what differs from the source |$&`,
    },
  ];
  return {
    changes,
    formulaIn: `${folder}/src/baselines/${name}.ts`,
    test: `npm test -w packages/synthesis -- ${name}`,
    use: `npm run mop -- run --method.name ${name} --simulate.count 8 --output runs/${name}`,
  };
}

/** The surface test lists names as Array.sort does. */
function sortedNames(_, before, names, after) {
  return `${before}${names.split('\n').sort().join('\n')}${after}`;
}
