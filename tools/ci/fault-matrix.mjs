// node tools/ci/fault-matrix.mjs: writes docs/fault-matrix.md from the rows that the packages' own tests measured.
// Each source is a JSON list of {fault, once, stays, lost, resumes}; the test named beside it fails when the rows are not what it sees.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from './processes.mjs';

const SOURCES = [
  {
    title: 'A language model behind a server',
    rows: 'packages/llm/test/server/fault-rows.json',
    test: 'MOP_WRITE_FAULTS=1 npm test -w packages/llm -- fault-matrix',
    about:
      'Six requests, scored one after the other through a score store; the fault comes at the fourth. Where it passes, it comes once; where it stays, ' +
      'it comes at every sending from there on (two tries, a deadline of 2.5 s), the command ends with the sentence shown, and the same command is given ' +
      'again to a healthy server.',
  },
  {
    title: 'A run folder',
    rows: 'packages/cli/test/run/fault-rows.json',
    test: 'MOP_WRITE_FAULTS=1 npm test -w packages/cli -- fault',
    about: 'A run is disturbed while it writes, and the same command is given again.',
  },
];

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

/** One section: what was done, and a table. */
function section({ title, rows, test, about }) {
  const lines = JSON.parse(readFileSync(join(root, rows), 'utf8')).map(
    ({ fault, once, stays, lost, resumes }) =>
      `| ${[fault, once ?? '–', stays, lost, resumes].map(cell).join(' | ')} |`,
  );
  const head = [
    '| fault | when it passes | what the user sees when it stays | lost | the same command again |',
    '| --- | --- | --- | --- | --- |',
  ];
  return [`## ${title}`, '', about, '', ...head, ...lines, '', `Measured by \`${test}\`.`, ''].join('\n');
}

/** The page, as Prettier would have it. */
export async function faultMatrix() {
  const intro = [
    '# What faults cost',
    '',
    'Made by `node tools/ci/fault-matrix.mjs` from what tests measured; not written by hand. Nothing that a model answered is lost to any of these.',
    '',
  ];
  const text = [...intro, ...SOURCES.filter(({ rows }) => existsSync(join(root, rows))).map(section)].join('\n');
  const path = join(root, 'docs', 'fault-matrix.md');
  return { path, text: await format(text, { ...(await resolveConfig(path)), filepath: path }) };
}

if (process.argv[1] === import.meta.filename) {
  const { path, text } = await faultMatrix();
  writeFileSync(path, text);
}
