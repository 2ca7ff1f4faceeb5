// `node tools/docs/architecture.mjs [--check]`: writes the pictures of ARCHITECTURE.md from the imports in the sources: which package
// imports which, and which folder of `pipeline` imports which.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { packageNames, root } from '../ci/processes.mjs';
import { importGraph, specifiersOf } from '../lint/imports.mjs';
import { sourcesBelow } from '../lint/structure.mjs';

const PAGE = join(root, 'ARCHITECTURE.md');
const SCOPE = '@mixture-of-personas/';
const sourceOf = (name) => join(root, 'packages', name, 'src');

/** package → packages that its sources import. */
function packageImports() {
  const imports = packageNames.map((name) => {
    const specifiers = sourcesBelow(sourceOf(name)).flatMap((file) => specifiersOf(readFileSync(file, 'utf8')));
    const ours = specifiers
      .filter((each) => each.startsWith(SCOPE))
      .map((each) => each.slice(SCOPE.length).split('/')[0]);
    return [name, new Set(ours.filter((each) => each !== name && packageNames.includes(each)))];
  });
  return new Map(imports);
}

/** folder → folders that its files import, directly below the `src` of a package. */
function folderImports(name) {
  const folderOf = (file) => relative(sourceOf(name), file).split(sep);
  const imports = new Map();
  for (const [file, targets] of importGraph(sourcesBelow(sourceOf(name)))) {
    const [folder, ...rest] = folderOf(file);
    if (rest.length === 0) continue;
    const others = targets.map(folderOf).filter((path) => path.length > 1 && path[0] !== folder);
    imports.set(folder, new Set([...(imports.get(folder) ?? []), ...others.map(([other]) => other)]));
  }
  return imports;
}

/** Rows from the top down; each imports only rows below it. A circle ends where it began. */
function pictureOf(imports) {
  const levelOf = (name, above = []) =>
    Math.max(
      0,
      ...[...imports.get(name)]
        .filter((next) => !above.includes(next))
        .map((next) => 1 + levelOf(next, [...above, name])),
    );
  const rows = [...imports.keys()].map((name) => ({ name, level: levelOf(name) }));
  rows.sort((a, b) => b.level - a.level || (a.name < b.name ? -1 : 1));
  const width = Math.max(...rows.map(({ name }) => name.length));
  const below = (name) => rows.map((row) => row.name).filter((each) => imports.get(name).has(each));
  const lines = rows.map(({ name }) => `${name.padEnd(width)} → ${below(name).join(', ') || '(nothing)'}`);
  return ['```text', ...lines, '```'].join('\n');
}

function replaced(page, mark, text) {
  const pattern = new RegExp(`(<!-- ${mark}: start[^\\n]*-->\\n).*?(\\n<!-- ${mark}: end -->)`, 's');
  if (!pattern.test(page)) throw new Error(`ARCHITECTURE.md has no place for ${mark}`);
  return page.replace(pattern, (_, start, end) => `${start}${text}${end}`);
}

const page = readFileSync(PAGE, 'utf8');
let now = replaced(page, 'packages', pictureOf(packageImports()));
if (existsSync(sourceOf('pipeline'))) now = replaced(now, 'pipeline', pictureOf(folderImports('pipeline')));

if (!process.argv.includes('--check')) writeFileSync(PAGE, now);
else if (now !== page) {
  console.error('The pictures of ARCHITECTURE.md are not those of the imports: run node tools/docs/architecture.mjs.');
  process.exitCode = 1;
}
