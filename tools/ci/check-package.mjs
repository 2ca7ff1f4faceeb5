// Packs a package, lints what would be published, installs it in an empty folder, imports every entry point, and holds it to its size
// budget (size-budgets.json).
// usage: node tools/ci/check-package.mjs [NAME…]   without names, the package of the current folder
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { sizeOf } from './folder-size.mjs';
import { root, run, runNpm, runScript } from './processes.mjs';

const folderOf = (name) => join(root, 'packages', name);
const manifestOf = (name) => JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'));

/** The package and, before it, those of the workspace that it depends on. */
function withDependencies(name, seen = new Set()) {
  for (const dependency of Object.keys(manifestOf(name).dependencies ?? {})) {
    const [, own] = /^@mixture-of-personas\/(.+)$/.exec(dependency) ?? [];
    if (own && !seen.has(own)) withDependencies(own, seen);
  }
  return seen.add(name);
}

function must(step, { ok, output }) {
  if (!ok) throw new Error(`${step}\n${output}`);
  return output;
}

function pack(name, folder) {
  must(
    'npm pack',
    runNpm(['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
      cwd: folderOf(name),
      capture: true,
    }),
  );
  const { version } = manifestOf(name);
  return join(folder, `mixture-of-personas-${name}-${version}.tgz`);
}

/** Publishing mistakes (publint) and types that do not resolve (are-the-types-wrong), as Node and bundlers would see them. */
function lintTarball(name, tarball) {
  must(
    'publint',
    runScript('publint/src/cli.js', ['run', folderOf(name), '--strict', '--pack=false'], { capture: true }),
  );
  must(
    'attw',
    runScript('@arethetypeswrong/cli/dist/index.js', [tarball, '--profile', 'esm-only', '--no-emoji'], {
      capture: true,
    }),
  );
}

/** The code points that stay optional for users (ONNX, TensorFlow) are left out: importing a package must not need them. */
function installAndImport(name, tarballs, folder) {
  const home = join(folder, `user-of-${name}`);
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{"type":"module","private":true}');
  const flags = [
    '--prefer-offline',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--omit=optional',
    '--omit=peer',
    '--silent',
  ];
  must('npm install', runNpm(['install', ...flags, ...tarballs], { cwd: home, capture: true }));
  const { exports, bin = {}, version } = manifestOf(name);
  const entries = Object.keys(exports).filter((key) => !key.endsWith('.json'));
  const imports = entries.map((key) => `await import('@mixture-of-personas/${name}${key.slice(1)}')`);
  const program = `for (const module of [${imports.join(', ')}]) if (Object.keys(module).length === 0) throw new Error('no exports');`;
  must('import', run(process.execPath, ['--input-type=module', '-e', program], { cwd: home, capture: true }));
  for (const path of Object.values(bin)) {
    const script = join(home, 'node_modules/@mixture-of-personas', name, path);
    const output = must('--version', run(process.execPath, [script, '--version'], { cwd: home, capture: true }));
    if (!output.includes(version)) throw new Error(`${basename(script)} --version printed ${output}, not ${version}`);
  }
  return home;
}

const budgets = JSON.parse(readFileSync(join(root, 'tools/ci/size-budgets.json'), 'utf8'));

/** @returns the sizes in words. @throws Error when one is over its budget */
function requireBudget(name, tarball, home) {
  const sizes = { tarball: statSync(tarball).size / 1e3, installed: sizeOf(join(home, 'node_modules')) / 1e3 };
  for (const [what, size] of Object.entries(sizes)) {
    const budget = budgets[name][what];
    if (size > budget) {
      throw new Error(
        `${what}: ${size.toFixed(0)} kB, over its budget of ${budget} kB. Make it smaller, or raise the budget in tools/ci/size-budgets.json and say why.`,
      );
    }
  }
  return `tarball ${sizes.tarball.toFixed(0)} kB, installed ${sizes.installed.toFixed(0)} kB`;
}

function checkPackage(name) {
  const folder = mkdtempSync(join(tmpdir(), 'mop-pack-'));
  try {
    const tarballs = [...withDependencies(name)].map((each) => pack(each, folder));
    lintTarball(name, tarballs.at(-1));
    const home = installAndImport(name, tarballs, folder);
    console.log(`${name}: packed, linted, installed and imported; ${requireBudget(name, tarballs.at(-1), home)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : [basename(process.cwd())]) {
  try {
    checkPackage(name);
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
