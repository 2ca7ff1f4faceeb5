// `node tools/docs/decisions.mjs [--check]`: writes docs/decisions/README.md, the index of decisions by topic, from the pages themselves.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../ci/processes.mjs';

const FOLDER = join(root, 'docs/decisions');
const HEAD = `# Decisions

Each page is one choice that would surprise: its context, the choice, the figures that decided it, what it costs, and when to revisit it.
This index is written by \`npm run decisions\` from the first and the third line of each page.
`;

/** A page: "# NNNN Title", then "Status: accepted[; relation]. Topic: topic." */
function readPage(file) {
  const [heading, , line = ''] = readFileSync(join(FOLDER, file), 'utf8').split('\n');
  const [, number, title] = /^# (\d{4}) (.+)$/.exec(heading) ?? [];
  const [, status, topic = 'other'] = /^Status: (.+?)\.(?: Topic: (.+)\.)?$/.exec(line) ?? [];
  if (number !== file.slice(0, 4) || status === undefined) {
    throw new Error(`${file}: needs "# ${file.slice(0, 4)} Title", an empty line, "Status: accepted. Topic: metrics."`);
  }
  return { file, number, title, status, topic };
}

const tableOf = (pages) =>
  [
    '| page | decision | status |',
    '| ---- | -------- | ------ |',
    ...pages.map(({ file, number, title, status }) => `| [${number}](${file}) | ${title} | ${status} |`),
  ].join('\n');

const pages = readdirSync(FOLDER)
  .filter((file) => /^\d{4}-.*\.md$/.test(file))
  .sort()
  .map(readPage);
const topics = [...new Set(pages.map(({ topic }) => topic))].sort();
const sections = topics.map((topic) => {
  const heading = topic[0].toUpperCase() + topic.slice(1);
  return `## ${heading}\n\n${tableOf(pages.filter((page) => page.topic === topic))}\n`;
});
const index = [HEAD, ...sections].join('\n');
const path = join(FOLDER, 'README.md');

if (!process.argv.includes('--check')) writeFileSync(path, index);
else if (readFileSync(path, 'utf8') !== index) {
  console.error('docs/decisions/README.md is out of date: run npm run decisions.');
  process.exitCode = 1;
}
