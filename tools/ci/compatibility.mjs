// Writes docs/compatibility.md from docs/compatibility/*.json, which test runs make; `--check` only says whether the page agrees.
// A file is {"order", "title", "reference", "madeBy", "rows": [{"name", "result": "works" | "refused", "detail"}]}.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';

const docs = new URL('../../docs/', import.meta.url);
const page = new URL('compatibility.md', docs);
const folder = new URL('compatibility/', docs);

/** @returns {Promise<string>} the page */
export async function compatibilityPage() {
  const kinds = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
    .sort((a, b) => a.order - b.order || a.title.localeCompare(b.title));
  const cell = (text) => text.replaceAll('|', '\\|');
  const table = ({ title, reference, madeBy, rows }) => [
    `## ${title}`,
    '',
    `Reference: ${reference}. Checked by \`${madeBy}\`.`,
    '',
    '| name | result | what holds |',
    '| --- | --- | --- |',
    ...rows.map(({ name, result, detail }) => `| ${cell(name)} | ${result} | ${cell(detail)} |`),
    '',
  ];
  const head = [
    '# Compatibility',
    '',
    'Made by `node tools/ci/compatibility.mjs` from results that tests write to `docs/compatibility/`. "Works" means equal to the reference within the tolerance that is given;',
    '"refused" means an error that says why. Nothing in between is known.',
    '',
  ];
  return format([...head, ...kinds.flatMap(table)].join('\n'), {
    parser: 'markdown',
    printWidth: 150,
    proseWrap: 'preserve',
  });
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const text = await compatibilityPage();
  if (!process.argv.includes('--check')) writeFileSync(page, text);
  else if (readFileSync(page, 'utf8') !== text) {
    console.error('docs/compatibility.md is stale: run node tools/ci/compatibility.mjs.');
    process.exitCode = 1;
  }
}
