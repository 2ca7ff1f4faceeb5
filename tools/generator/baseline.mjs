// A baseline: a text source, `--method.name NAME`, with its test, its line in the table of sources and its row in the README.
import { camelCase, YOURS } from './changes.mjs';

const source = (name, fn) => `import { askPrompt } from '../text-source/ask.js';
import { askedOf, baselineWriter, classFacts, classPlan } from '../text-source/class-plan.js';
import { defineSource, type TextSource } from '../text-source/source.js';

/** ${YOURS}: what it asks for, its source, what it throws. */
export const ${fn}Source: TextSource = defineSource({
  name: '${name}',
  title: '${name}',
  about: '${YOURS}: what the prompt says, and what differs from the paper.',
  needs: [], // ${YOURS}: personas, exemplars, encoder, classes or scores
  settings: classFacts, // ${YOURS}: its own settings beside these
  async make(context, settings) {
    const about = await classPlan(context, settings);
    const baseline = {
      // Draws are by \`randomFor(about.seed, '${name}', row)\`, so that a resumed run plans the same.
      plan: (rows: readonly number[]) =>
        rows.map((row) => {
          const asked = askedOf(about, row);
          // ${YOURS}: \`askPrompt\` also takes \`requirements\` and \`demonstrations\`; ids of texts shown belong into the plan's \`shown\`.
          return { ...asked, prompt: askPrompt(about.template, asked) };
        }),
    };
    return baselineWriter(context, baseline, settings.temperature);
  },
});
`;

const test = (name) => `import { expect, it } from '@jest/globals';
import { textSource } from '../../src/index.js';
import { all, sourceContext } from '../support/records.js';

it('${name} asks for the classes in turn and writes the same rows when it is resumed', async () => {
  const write = await textSource('${name}').make(sourceContext(), {});
  const rows = await all(write(0, 24, []));
  expect(rows.slice(0, 4).map(({ label }) => label)).toEqual(['garden', 'kitchen', 'sea', 'garden']);
  expect(rows.every(({ text }) => text !== '')).toBe(true);
  expect([...rows.slice(0, 16), ...(await all(write(16, 24, rows.slice(0, 16))))]).toEqual(rows);
});
`;

/** @param {string} name in kebab case */
export function baseline(name) {
  const fn = camelCase(name);
  const folder = 'packages/synthesis';
  const table = `${folder}/src/baselines/sources.ts`;
  const about = `${YOURS}: what the prompt says, and what differs from the paper.`;
  return {
    changes: [
      { path: `${folder}/src/baselines/${name}.ts`, create: source(name, fn) },
      { path: `${folder}/test/baselines/${name}.test.ts`, create: test(name) },
      {
        path: table,
        place: /\nimport type \{ SettingFacts/,
        insert: `\nimport { ${fn}Source } from './${name}.js';$&`,
      },
      { path: table, place: /\n\];/, insert: `\n  ${fn}Source,$&` },
      {
        path: `${folder}/README.md`,
        place: /\n<!-- sources: end -->/,
        insert: `| \`${name}\` | ${name} | ${about} |\n$&`,
      },
    ],
    formulaIn: `${folder}/src/baselines/${name}.ts`,
    test: `npm test -w packages/synthesis -- ${name}`,
    use: `npm run mop -- run --method.name ${name} --simulate.count 8 --output runs/${name}`,
  };
}
