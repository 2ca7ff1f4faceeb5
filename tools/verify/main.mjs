// `npm run verify`: everything that must hold before a change is merged, from a fresh clone on. Installs where nothing is installed,
// then builds, lints, checks types, formatting and unused code, and runs every test. The last line says `N passed, N failed, N skipped`:
// tests, plus one for each other check. Exits with 1 when anything failed.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideBrowser } from '../ci/browser.mjs';
import { buildTensorflow, fetchModels, preparePython, prepareRuntimes } from './prepare-tests.mjs';
import { install, linkCommand, root, run, runScript } from '../ci/processes.mjs';

const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

function record(name, ok) {
  counts[ok ? 'passed' : 'failed']++;
  if (!ok) failures.push(name);
  return ok;
}

function check(name, work) {
  console.log(`\n── ${name}`);
  const start = performance.now();
  const { ok } = work();
  console.log(`── ${name}: ${ok ? 'passed' : 'FAILED'} in ${((performance.now() - start) / 1e3).toFixed(0)} s`);
  return record(name, ok);
}

/** Nx's cache replays output and leaves no counts, so nothing here is taken from it. */
const nx = (target) =>
  runScript('nx/dist/bin/nx.js', ['run-many', '-t', target, '--parallel=2', '--skip-nx-cache', '--outputStyle=stream']);

/** A program of this repository. */
const script = (path, ...args) => run(process.execPath, [join(root, 'tools', path), ...args]);

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'mop-counts-'));
  process.env.MOP_TEST_COUNTS = folder;
  console.log('\n── test');
  const { ok } = nx('test');
  const found = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  rmSync(folder, { recursive: true });
  const sum = (key) => found.reduce((total, each) => total + each[key], 0);
  for (const key of Object.keys(counts)) counts[key] += sum(key);
  // A package whose Jest never came to an end, or did not start, left no counts; so did all when Nx itself failed.
  if (!ok && sum('failed') === 0) counts.failed++;
  if (!ok) failures.push('tests');
}

if (check('install', () => ({ ok: install() })) && check('build', () => nx('build'))) {
  check('command', () => ({ ok: linkCommand() }));
  const fetched = fetchModels();
  if (fetched !== undefined) record('models for the tests', fetched);
  buildTensorflow();
  provideBrowser();
  prepareRuntimes();
  preparePython();
  check('lint', () => nx('lint'));
  check('types', () => nx('typecheck'));
  check('format', () => runScript('prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']));
  check('unused code', () => runScript('knip/bin/knip.js', []));
  check('version plans', () => script('release/check-plans.mjs'));
  check('schema of metric results', () => script('interchange/figures-schema.mjs', '--check'));
  check('API reference', () => script('docs/api-reference.mjs'));
  check('benchmarks, smallest size', () => script('bench/run.mjs', '--smoke'));
  runTests();
}
console.log('\nskipped: a real vLLM (npm run nightly, which installs 6 GB)');
if (failures.length > 0) console.log(`\nfailed: ${failures.join(', ')}`);
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
