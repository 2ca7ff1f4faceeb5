// `node tools/lint/main.mjs [FOLDER…]`: import circles, overfull folders and prose, over the whole tree or below the folders named.
// exceptions.json holds how many findings of a rule each package still has; more than that fails. `--lower` writes the counts that fell.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../ci/processes.mjs';
import { isRead, proseFindings } from './prose.mjs';
import { structureFindings } from './structure.mjs';

const EXCEPTIONS = join(root, 'tools/lint/exceptions.json');
/** Left out: examples of what lint must refuse, logs of releases, measured messages (checked in the sources), texts of committed vectors. */
const NOT_PROSE = [
  /^tools\/fixtures\//,
  /^tools\/lint\/(?:words|prose)\.mjs$/,
  /^tools\/test\/lint\/prose/,
  /^packages\/[^/]+\/CHANGELOG\.md$/,
  /^docs\/fault-matrix\.md$/,
  /^tools\/embedded-encoder\/golden\.py$/,
];

/** `packages/llm`, `tools` or `docs`: what the counts are of. */
const placeOf = (file) => /^packages\/[^/]+/.exec(file)?.[0] ?? (file.includes('/') ? file.split('/')[0] : 'root');

function trackedFiles() {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n');
  return listed.filter((file) => file !== '' && existsSync(join(root, file)));
}

function structure() {
  const sources = readdirSync(join(root, 'packages')).flatMap((name) => [
    `packages/${name}/src`,
    `packages/${name}/browser`,
  ]);
  return [...sources, 'tools']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => {
      const found = structureFindings(join(root, folder));
      return found.map(({ rule, file, message }) => ({ rule, file: join(folder, file), message }));
    });
}

const prose = () =>
  trackedFiles()
    .filter((file) => isRead(file) && !NOT_PROSE.some((pattern) => pattern.test(file)))
    .flatMap((file) => proseFindings(join(root, file)).map((each) => ({ ...each, file })));

function countsOf(findings) {
  const counts = {};
  for (const { file, rule } of findings) {
    const place = (counts[placeOf(file)] ??= {});
    place[rule] = (place[rule] ?? 0) + 1;
  }
  return counts;
}

/** The counts that are allowed now, each at most what was found. */
function lowered() {
  const places = Object.entries(allowed).map(([place, rules]) => {
    const counted = Object.entries(rules).map(([rule, most]) => [rule, Math.min(most, counts[place]?.[rule] ?? 0)]);
    return [place, Object.fromEntries(counted.filter(([, most]) => most > 0))];
  });
  return Object.fromEntries(places.filter(([, rules]) => Object.keys(rules).length > 0));
}

const folders = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const findings = [...structure(), ...prose()].filter(
  ({ file }) => folders.length === 0 || folders.some((folder) => file.startsWith(folder)),
);
const allowed = JSON.parse(readFileSync(EXCEPTIONS, 'utf8'));
const counts = countsOf(findings);
const over = Object.entries(counts).flatMap(([place, rules]) =>
  Object.entries(rules)
    .filter(([rule, count]) => count > (allowed[place]?.[rule] ?? 0))
    .map(([rule]) => `${place} ${rule}`),
);
const shown = findings.filter(({ file, rule }) => folders.length > 0 || over.includes(`${placeOf(file)} ${rule}`));
for (const { file, line, rule, message } of shown) console.log(`${file}${line ? `:${line}` : ''} ${rule}: ${message}`);
if (over.length > 0) console.log(`\nmore findings than tools/lint/exceptions.json allows: ${over.join(', ')}`);
if (process.argv.includes('--lower')) writeFileSync(EXCEPTIONS, `${JSON.stringify(lowered(), null, 2)}\n`);
console.log(`${findings.length} findings, ${over.length} counts over those allowed`);
process.exitCode = over.length > 0 ? 1 : 0;
