// Writes docs/compatibility.md from docs/compatibility/*.json, which test runs make; `--check` only says whether the page agrees.
// A file of one reference is {"order", "title", "reference", "madeBy", "rows": [{"name", "result": "works" | "refused", "detail"}]}; a file of many is a
// list of cases [{"kind", "case", "result": "works" | "refused: the reason", "reference"}].
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';

const docs = new URL('../../docs/', import.meta.url);
const page = new URL('compatibility.md', docs);
const folder = new URL('compatibility/', docs);

/** Titles, order and tests of the files that are lists of cases. */
const LISTS = {
  'encoders.json': {
    order: 2,
    title: 'Sentence encoders',
    madeBy: 'npm test -w packages/encoder -- onnx/compatibility',
  },
  'models.json': {
    order: 3,
    title: 'The hub, tokenizers and files of ONNX models',
    madeBy: 'npm test -w packages/models -- test/compatibility',
  },
  'files.json': {
    order: 4,
    title: 'Records, matrices and data set folders',
    madeBy: 'npm test -w packages/pipeline -- data/compatibility',
  },
};

/** Content of a results file; a list of cases becomes rows with the first word of the result apart from its reason. */
function readResults(name) {
  const content = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  if (!Array.isArray(content)) return content;
  const rows = content.map(({ kind, case: what, result, reference }) => {
    const [, word, reason] = /^(works|refused)(?:: (.+))?$/.exec(result) ?? [];
    if (word === undefined) throw new Error(`${name}: "${result}" is neither "works" nor "refused: reason".`);
    return { name: `${kind}: ${what}`, result: word, detail: reason ?? `as in ${reference}` };
  });
  const reference = [...new Set(content.map((each) => each.reference))].join('; ');
  return { ...LISTS[name], reference, rows };
}

/** @returns {Promise<string>} the page */
export async function compatibilityPage() {
  const kinds = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map(readResults)
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
    'Made by `node tools/ci/compatibility.mjs` from the results in `docs/compatibility/`: tests write them and compare them with what they see. "Works" means equal to the reference within the tolerance that is given;',
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
