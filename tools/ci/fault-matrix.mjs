// node tools/ci/fault-matrix.mjs [--measure]: writes docs/fault-matrix.md from the rows that the packages' own tests measured; with --measure those
// tests are run first and write their rows. Without it, a test fails when its rows are not what it sees, and tools/test/fault-matrix.test.ts when the
// page is not what the rows make.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from './processes.mjs';

const SOURCES = [
  {
    title: 'A language model behind a server',
    rows: 'packages/llm/test/server/fault-rows.json',
    test: ['packages/llm', 'server/fault-matrix'],
    about:
      'Six requests, scored one after the other through a score store; the fault comes at the fourth. Where it passes, it comes once; where it stays, ' +
      'it comes at every sending from there on (two tries, a deadline of 5 s), the command ends with the sentence shown, and the same command is given ' +
      'again to a healthy server.',
    columns: {
      fault: 'fault',
      once: 'when it passes',
      stays: 'what the user sees when it stays',
      lost: 'lost',
      resumes: 'the same command again',
    },
  },
  {
    title: 'A run folder',
    rows: 'packages/pipeline/test/job/fault-rows.json',
    test: ['packages/pipeline', 'job/fault-matrix'],
    about:
      'A whole run in a process of its own (435 answers of a model that is a formula: 363 scores, 72 texts in blocks of 8), disturbed at one moment: killed ' +
      'with SIGKILL in the middle of a write or on either side of a rename, or given a disk that takes half of a write and then no more. The same ' +
      'command is then given again, on a healthy disk, and must end with the bytes of an undisturbed run: manifest, gate, texts, figures and cards. What was ' +
      'answered and had to be asked for again is counted: scores are written as they come, texts a block at a time, so a kill or a failed ' +
      'write costs at most the scores or the block in that very write.',
    columns: {
      fault: 'fault',
      sees: 'what the user sees',
      lost: 'answered, and asked for again',
      resumes: 'the same command again',
    },
  },
];

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

/** One section: what was done, and a table. */
function section({ title, rows, test, about, columns }) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  const keys = Object.keys(columns);
  const lines = JSON.parse(readFileSync(join(root, rows), 'utf8')).map((row) => line(keys.map((key) => row[key])));
  const head = [line(Object.values(columns)), line(keys.map(() => '---'))];
  const [folder, name] = test;
  const foot = `Checked by \`npm test -w ${folder} -- ${name}\`, which fails when a row is not what it sees.`;
  return [`## ${title}`, '', about, '', ...head, ...lines, '', foot, ''].join('\n');
}

/** The page, as Prettier would have it. */
export async function faultMatrix() {
  const intro = [
    '# What faults cost',
    '',
    'Made by `node tools/ci/fault-matrix.mjs --measure`, which runs the tests that measure it; not written by hand.',
    '',
  ];
  const text = [...intro, ...SOURCES.map(section)].join('\n');
  const path = join(root, 'docs', 'fault-matrix.md');
  return { path, text: await format(text, { ...(await resolveConfig(path)), filepath: path }) };
}

/** Has each test write what it sees. */
function measure() {
  for (const { test } of SOURCES) {
    const [folder, name] = test;
    const env = { ...process.env, MOP_WRITE_FAULTS: '1' };
    const { status } = spawnSync('npm', ['test', '-w', folder, '--', name], { cwd: root, env, stdio: 'inherit' });
    if (status !== 0) throw new Error(`npm test -w ${folder} -- ${name} failed, so its rows are not written.`);
  }
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--measure')) measure();
  const { path, text } = await faultMatrix();
  writeFileSync(path, text);
}
