import { describe, expect, it } from '@jest/globals';
import { node, packageNames } from './workspace.js';

/** Any finding of the rule but the one about imports that are lazy elsewhere in the same package: that one is about speed. */
const BOUNDARY = /^@nx\/enforce-module-boundaries: (?!Static imports of lazy-loaded)/;
const importOf = (name: string): string =>
  `import * as other from '@mixture-of-personas/${name}';\nexport { other };\n`;

/** The diagram of ARCHITECTURE.md, written down a second time on purpose: loosening the table in eslint.config.mjs alone fails here. */
const BELOW: Record<string, string[]> = {
  numeric: [],
  models: ['numeric'],
  encoder: ['models', 'numeric'],
  llm: ['models', 'numeric'],
  gating: ['numeric'],
  metrics: ['numeric'],
  synthesis: ['encoder', 'gating', 'llm', 'models', 'numeric'],
  cli: ['encoder', 'gating', 'llm', 'metrics', 'models', 'numeric', 'synthesis'],
};

/** Lints snippets as if they were files of the packages; one process for all, since loading the project graph is what takes time. */
function lint(snippets: { path: string; code: string }[]): string[][] {
  const { status, stdout, stderr } = node(['tools/ci/lint-snippets.mjs'], undefined, JSON.stringify(snippets));
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[][];
}

describe('lint', () => {
  const pairs = packageNames.flatMap((from) => packageNames.filter((to) => to !== from).map((to) => ({ from, to })));
  const findings = lint([
    ...pairs.map(({ from, to }) => ({ path: `packages/${from}/src/violation.ts`, code: importOf(to) })),
    {
      path: 'packages/gating/src/violation.ts',
      code: `export { parseEncoderChoice } from '../../encoder/src/index.js';\n`,
    },
    ...['numeric', 'gating', 'metrics'].map((name) => ({
      path: `packages/${name}/src/violation.ts`,
      code: `export { readFileSync } from 'node:fs';\n`,
    })),
    { path: 'packages/encoder/src/fine.ts', code: `export { readFileSync } from 'node:fs';\n` },
  ]);

  it('knows every package', () => {
    expect(Object.keys(BELOW).sort()).toEqual(packageNames);
  });
  it.each(pairs.map((pair, i) => ({ ...pair, i })))(
    '$from may import $to only if it stands above it',
    ({ from, to, i }) => {
      expect(findings[i].some((finding) => BOUNDARY.test(finding))).toBe(!BELOW[from].includes(to));
    },
  );
  it('refuses a relative path into another package', () => {
    expect(findings[pairs.length]).toContainEqual(expect.stringMatching(BOUNDARY));
  });
  it.each([1, 2, 3])('refuses modules of Node in packages that run anywhere (%i of 3)', (n) => {
    expect(findings[pairs.length + n]).toContainEqual(expect.stringMatching(/^no-restricted-imports: .*run anywhere/));
  });
  it('allows them elsewhere', () => {
    expect(findings.at(-1)).toEqual([]);
  });
});
