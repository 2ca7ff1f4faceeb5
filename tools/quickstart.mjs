// `npm run quickstart`: from a fresh clone to a simulated population: installs where nothing is installed, builds, runs the demonstration of
// experiments/quickstart.yaml and says where the report is, how long it took and how much memory it used. Rerun the command to resume
// after a kill. Further arguments are those of `mop run`, paths among them relative to the root of the clone.
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './ci/prepare.mjs';
import { root } from './ci/processes.mjs';

const HELP = `npm run quickstart -- [FLAGS]

Installs where nothing is installed, builds, runs experiments/quickstart.yaml and
prints where its report is. The same command resumes it after a kill.

FLAGS are those of mop run, which win over the file, such as
  --output FOLDER          the run folder [default: runs/demo]
  --seed 1
  --simulate.count 50      fewer texts
Once it is set up, npx mop run --help lists them all.`;

const given = process.argv.slice(2);
if (given.some((word) => word === '--help' || word === '-h')) {
  console.log(HELP);
  process.exit();
}
const named = given.lastIndexOf('--output');
const output = named < 0 ? join(root, 'runs/demo') : resolve(root, given.splice(named, 2)[1]);

const start = performance.now();
const { ok, installSeconds } = prepare();
process.exitCode = ok ? await demonstrate() : 1;

/** Runs the job in this process, so that its memory is this process's. */
async function demonstrate() {
  // A newcomer's machine has nothing else to do.
  process.env.MOP_SPIN ??= '1';
  const { main } = await import(pathToFileURL(join(root, 'packages/cli/dist/index.js')).href);
  const { stdout, stderr, env } = process;
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  const io = { stdout, stderr, env, now: () => performance.now() };
  const config = join(root, 'experiments/quickstart.yaml');
  const code = await main(['run', '--config', config, '--output', output, ...given], io, { signal: controller.signal });
  if (code === 0) {
    const seconds = (performance.now() - start) / 1e3 - installSeconds;
    const megabytes = process.resourceUsage().maxRSS / 1024;
    const installed = installSeconds > 1 ? `, after ${installSeconds.toFixed(0)} s of installing` : '';
    console.log(`\nreport: ${relative(process.cwd(), join(output, 'report.html'))}`);
    console.log(
      'docs/guides/read-the-report.md explains it; npx mop init --population YOUR.csv starts a run on your records',
    );
    console.log(`took ${seconds.toFixed(0)} s${installed}; ${megabytes.toFixed(0)} MB at most`);
  }
  return code;
}
