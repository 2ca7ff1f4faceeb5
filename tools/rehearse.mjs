// `npm run rehearse -- [FILE.yaml …] [--minutes N] [--output FOLDER] [FLAGS]`: every table and figure at scale `rehearsal`, or the experiment files given, one
// after the other, below FOLDER (runs/rehearsal unless given); a second start reads finished cells back. What has not ended after N minutes in all is ended.
// Models come from the hub, or, where MOP_MODELS names a folder of models, from there. Ends with a table of what ran.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root, run } from './ci/processes.mjs';
import { fetchModels } from './verify/prepare-tests.mjs';

/** Hub ids of the models that rehearsals name, by their folder in MOP_MODELS. */
const HUB_IDS = {
  'SmolLM2-135M-Instruct': 'HuggingFaceTB/SmolLM2-135M-Instruct',
  'all-MiniLM-L6-v2': 'Xenova/all-MiniLM-L6-v2',
  'gemma-3-270m': 'onnx-community/gemma-3-270m-ONNX',
};

/** A hub cache whose snapshots are the folders of MOP_MODELS, so that no setting of an experiment changes. */
function hubCacheOf(models) {
  const cache = mkdtempSync(join(tmpdir(), 'mop-rehearse-'));
  for (const [folder, id] of Object.entries(HUB_IDS)) {
    if (!existsSync(join(models, folder))) continue;
    const place = join(cache, `models--${id.replace('/', '--')}`);
    for (const part of ['refs', 'snapshots']) mkdirSync(join(place, part), { recursive: true });
    writeFileSync(join(place, 'refs', 'main'), 'local');
    symlinkSync(join(models, folder), join(place, 'snapshots', 'local'));
  }
  return cache;
}

const words = process.argv.slice(2);
/** Takes an option and its value out of the words. */
function taken(option, otherwise) {
  const at = words.indexOf(option);
  return at < 0 ? otherwise : words.splice(at, 2)[1];
}
const parent = taken('--output', join(root, 'runs', 'rehearsal'));
const end = performance.now() + 60e3 * Number(taken('--minutes', Infinity));
const given = words.filter((word) => word.endsWith('.yaml'));
const flags = words.filter((word) => !given.includes(word));
const folder = join(root, 'experiments');
const files =
  given.length > 0
    ? given
    : readdirSync(folder)
        .filter((name) => /^(table|figure)-\d\.yaml$/.test(name))
        .map((name) => join(folder, name));

fetchModels();
const { MOP_MODELS: models } = process.env;
const cache = models ? hubCacheOf(models) : undefined;
const env = cache === undefined ? {} : { HF_HUB_CACHE: cache, HF_HUB_OFFLINE: '1' };
const done = files.map((file) => {
  const name = basename(file, '.yaml');
  const command = [
    'compare',
    '--config',
    file,
    '--scale',
    'rehearsal',
    '--output',
    join(parent, name),
    '--no-progress',
  ];
  console.log(`\n── ${name}`);
  const started = performance.now();
  const timeout = end === Infinity ? undefined : Math.max(1, Math.round(end - started));
  const program = [join(root, 'packages/cli/dist/main.js'), ...command, ...flags];
  const { ok } = run(process.execPath, program, { env, timeout });
  return { name, ok, seconds: (performance.now() - started) / 1e3 };
});
if (cache !== undefined) rmSync(cache, { recursive: true });
console.log('');
for (const { name, ok, seconds } of done)
  console.log(`${name.padEnd(10)} ${ok ? 'finished' : 'FAILED'} in ${seconds.toFixed(0)} s`);
process.exitCode = done.every(({ ok }) => ok) ? 0 : 1;
