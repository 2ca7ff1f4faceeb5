// `npm run release:check`: what changed in a package since the last release stands in a version plan, in one sentence.
// A plan is a file in .nx/version-plans, made by `npm run release:plan`. Before the first release there is nothing to compare with.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, runScript } from '../ci/processes.mjs';

/** Front matter with a bump for each package, then what users read in the changelog. */
const PLAN = /^---\n((?:'?@mixture-of-personas\/[a-z]+'?: (?:major|minor|patch)\n)+)---\n\n(.+)\n$/s;
/** One line, one full stop, at its end; one inside a name such as gate.json is followed by no space. */
const SENTENCE = /^\p{Lu}(?:[^.\n]|\.(?=\S))*\.$/u;

/**
 * Lists the faults of a version plan.
 * @param {string} name file name
 * @param {string} text
 * @returns {string[]} sentences; empty when nothing is
 */
export function planProblems(name, text) {
  const sentence = PLAN.exec(text)?.[2];
  if (sentence === undefined) {
    return [
      `${name}: write --- lines around "'@mixture-of-personas/NAME': patch|minor|major", a blank line and a sentence.`,
    ];
  }
  return SENTENCE.test(sentence)
    ? []
    : [`${name}: say what changes for users in one sentence on one line, with a capital and a full stop.`];
}

/** @returns {string | undefined} the newest release's tag that this commit contains */
function lastRelease() {
  const { ok, output } = run('git', ['describe', '--tags', '--abbrev=0', '--match', '@mixture-of-personas/*'], {
    capture: true,
  });
  return ok ? output.trim() : undefined;
}

function changesWithoutPlan() {
  const base = lastRelease();
  if (base === undefined) return [];
  const { ok, output } = runScript('nx/dist/bin/nx.js', ['release', 'plan:check', `--base=${base}`], { capture: true });
  return ok ? [] : [output];
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(root, '.nx/version-plans');
  const plans = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.md')) : [];
  const problems = [
    ...plans.flatMap((name) => planProblems(name, readFileSync(join(folder, name), 'utf8'))),
    ...changesWithoutPlan(),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`${plans.length} version plans; nothing changed without one.`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
