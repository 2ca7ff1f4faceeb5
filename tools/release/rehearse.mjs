// `npm run release:rehearse`: a whole release on this machine, and nothing of it left behind. Publishes every package to a registry on
// loopback, installs each alone in an empty folder and runs its README's example there, then releases a breaking change of `numeric`
// by a version plan and shows what its dependents ask for, and that those who stay behind still get what they had.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, packageNames, root, runScript } from '../ci/processes.mjs';
import { startRegistry } from './registry.mjs';
import { installedVersion, installIn, tryPackage } from './try-package.mjs';
import { commitAll, copyWorkspace, git, gitEnvironment } from './working-copy.mjs';

/** The package that everything stands on, so that everything must follow. */
const BUMPED = 'numeric';
const SENTENCE = 'Rehearsal: what was one function is now two.';

const kilobytes = (bytes) => `${(bytes / 1e3).toFixed(0)} kB`;
const manifestIn = (folder, name) => JSON.parse(readFileSync(join(folder, 'packages', name, 'package.json'), 'utf8'));

function must(step, { ok, output }) {
  if (!ok) throw new Error(`${step}\n${output}`);
  return output;
}

function build() {
  if (!install()) throw new Error('npm ci failed.');
  must('build', runScript('nx/dist/bin/nx.js', ['run-many', '-t', 'build'], { capture: true }));
}

/** Nx in the copy, which finds its workspace by the folder it is started in. */
function nx(args, cwd) {
  const env = { ...gitEnvironment, NX_WORKSPACE_ROOT_PATH: cwd };
  return must(`nx ${args.join(' ')}`, runScript('nx/dist/bin/nx.js', args, { cwd, env, capture: true }));
}

function showTable(rows) {
  for (const { name, version, tarball, bytes, output } of rows) {
    console.log(
      `\n@mixture-of-personas/${name} ${version}: tarball ${kilobytes(tarball)}, installed alone ${kilobytes(bytes)}`,
    );
    console.log(output.trimEnd().replace(/^/gm, '  '));
  }
}

async function firstRelease({ copy, folder, registry }) {
  console.log('── publishing every package, as it is, on loopback');
  nx(['release', 'publish', '--first-release'], copy);
  console.log('── installing each alone, in an empty folder, and running the example of its README');
  const rows = packageNames.map((name) => {
    const tried = tryPackage(name, join(folder, `only-${name}`), registry.npmrc);
    return { name, tarball: registry.tarballSize(name, tried.version), ...tried };
  });
  showTable(rows);
}

/** A version plan, then what a maintainer runs; @returns the version of every package after it */
function releaseBreakingChange(copy) {
  const plans = join(copy, '.nx/version-plans');
  mkdirSync(plans, { recursive: true });
  writeFileSync(join(plans, 'rehearsal.md'), `---\n'@mixture-of-personas/${BUMPED}': major\n---\n\n${SENTENCE}\n`);
  commitAll(copy, 'Plan a breaking change');
  nx(['release', '--skip-publish', '--first-release'], copy);
  const tags = git(['tag'], copy).split('\n');
  for (const name of packageNames) {
    const { version } = manifestIn(copy, name);
    if (!tags.includes(`@mixture-of-personas/${name}@${version}`)) throw new Error(`${name} ${version} has no tag.`);
  }
  const changes = readFileSync(join(copy, 'packages', BUMPED, 'CHANGELOG.md'), 'utf8');
  if (!changes.includes(SENTENCE)) throw new Error(`The plan's sentence is not in ${BUMPED}'s CHANGELOG.md.`);
  nx(['release', 'publish'], copy);
}

async function requireRanges(copy, registry) {
  const { version } = manifestIn(copy, BUMPED);
  for (const name of packageNames.filter((each) => each !== BUMPED)) {
    const { 'dist-tags': tags, versions } = await registry.document(name);
    const range = versions[tags.latest].dependencies[`@mixture-of-personas/${BUMPED}`];
    console.log(`  ${name} ${tags.latest} asks for ${BUMPED} ${range}`);
    if (range !== `^${version}`) throw new Error(`${name} should ask for ${BUMPED} ^${version}.`);
  }
}

async function secondRelease({ copy, folder, registry }) {
  const before = manifestIn(copy, BUMPED).version;
  const dependent = 'gating';
  const pinned = `@mixture-of-personas/${dependent}@${manifestIn(copy, dependent).version}`;
  console.log(`\n── releasing a breaking change of ${BUMPED} by a version plan, and publishing again`);
  releaseBreakingChange(copy);
  await requireRanges(copy, registry);
  for (const [title, wanted, version] of [
    ['latest', `@mixture-of-personas/${dependent}`, manifestIn(copy, BUMPED).version],
    ['pinned', pinned, before],
  ]) {
    const home = join(folder, `again-${title}`);
    installIn(home, [wanted], registry.npmrc);
    const got = installedVersion(home, BUMPED);
    console.log(`  npm i ${wanted} installs ${BUMPED} ${got}`);
    if (got !== version) throw new Error(`It should install ${BUMPED} ${version}.`);
  }
}

/** The copy publishes to loopback and leaves the lock file alone, which takes a minute and the network. */
function prepareCopy(copy, npmrc) {
  copyWorkspace(copy);
  writeFileSync(join(copy, '.npmrc'), `${readFileSync(join(root, '.npmrc'), 'utf8')}${npmrc}`);
  const config = JSON.parse(readFileSync(join(root, 'nx.json'), 'utf8'));
  config.release.version.versionActionsOptions = { skipLockFileUpdate: true };
  writeFileSync(join(copy, 'nx.json'), JSON.stringify(config));
  commitAll(copy, 'A copy of the workspace');
}

async function rehearse() {
  build();
  const before = git(['status', '--porcelain'], root);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mop-release-')));
  const registry = await startRegistry(join(folder, 'registry'));
  const place = { folder, copy: join(folder, 'workspace'), registry };
  try {
    prepareCopy(place.copy, registry.npmrc);
    await firstRelease(place);
    await secondRelease(place);
  } finally {
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  if (git(['status', '--porcelain'], root) !== before) throw new Error('The working tree changed meanwhile.');
  console.log(`\nThe rehearsal passed: ${packageNames.length} packages, and the working tree is as it was.`);
}

try {
  await rehearse();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
