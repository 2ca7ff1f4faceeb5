import { describe, expect, it } from '@jest/globals';
import { node } from './workspace.js';

/** Faults of a plan with this text. */
function problemsOf(text: string): string[] {
  const program = `import { planProblems } from './tools/release/check-plans.mjs'; console.log(JSON.stringify(planProblems('a.md', ${JSON.stringify(text)})));`;
  const { stdout } = node(['--input-type=module', '-e', program]);
  return JSON.parse(stdout) as string[];
}

const plan = (sentence: string, bump = 'minor'): string =>
  `---\n'@mixture-of-personas/gating': ${bump}\n---\n\n${sentence}\n`;

describe('a version plan', () => {
  it('is a bump a package and one sentence', () => {
    expect(problemsOf(plan('A gate.json of version 2 is read too.'))).toEqual([]);
  });
  it.each([
    ['no sentence', plan('')],
    ['two sentences', plan('This is new. That is too.')],
    ['two lines', plan('This\nis new.')],
    ['no full stop', plan('This is new')],
    ['no such bump', plan('This is new.', 'huge')],
  ])('is refused with %s', (_, text) => {
    expect(problemsOf(text)).toHaveLength(1);
  });
  it('is in order here: npm run release:check', () => {
    expect(node(['tools/release/check-plans.mjs'])).toMatchObject({ status: 0, stderr: '' });
  });
});
