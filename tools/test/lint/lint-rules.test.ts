import { describe, expect, it } from '@jest/globals';
import { node } from '../workspace.js';

const { status, stdout, stderr } = node(['tools/ci/lint-fixtures.mjs']);
if (status !== 0) throw new Error(stderr);
const { configured, found } = JSON.parse(stdout) as { configured: string[]; found: Record<string, string[]> };

/** `jsdoc--no-types.ts` is there for `jsdoc/no-types`. */
const ruleOf = (file: string): string => file.replace(/\.\w+$/, '').replace('--', '/');

describe('the fixture project that lint must refuse (tools/fixtures/lint)', () => {
  it('has a file for every rule of eslint.config.mjs', () => {
    const covered = Object.keys(found).map(ruleOf);
    expect(configured.filter((rule) => !covered.includes(rule))).toEqual([]);
  });
  it.each(Object.keys(found).filter((file) => !file.startsWith('unused')))('%s is refused by its rule', (file) => {
    expect(found[file]).toContain(ruleOf(file));
  });
  it('a comment that switches off nothing is refused', () => {
    expect(found['unused-disable-directive.ts']).toEqual([expect.stringMatching(/^Unused eslint-disable directive/)]);
  });
});
