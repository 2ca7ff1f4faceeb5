// Question: is each figure ahead of its Python reference, warm and cold, in time and in memory, and how near are the kernels to the machine?
// usage: npm run bench -- metrics [--runs 5] [--d 384,768] [--threads 1,all] [--figures frechet,kid] [--clock wall]
//        [--no-cold] [--no-kernels] [--big] | --coverage | --null-effect | --smoke
//   --coverage, --null-effect: whether intervals hold the truth, and verdicts over seeds without an effect (coverage.mjs, null-effect.mjs)
//   --smoke: each part at its smallest size, in seconds, without the Python references
//   --clock cpu: judge one thread by processor time, cold processes too: for a machine that others use. All threads are judged by wall time in any case.
//   --big: 50,000 rows in bounded memory as well
// Ours and the reference's runs alternate, each measurement in a fresh process, so that a busy machine slows both alike: read the ratios.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { coverage } from './coverage.mjs';
import { kernelRates } from './kernels.mjs';
import { nullEffect } from './null-effect.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    d: { type: 'string', default: '384,768' },
    threads: { type: 'string', default: '1,all' },
    figures: { type: 'string', default: 'frechet,mauve,cosine,cosine-tf,kid,manifold' },
    clock: { type: 'string', default: 'wall' },
    'no-cold': { type: 'boolean', default: false },
    'no-kernels': { type: 'boolean', default: false },
    big: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
    'null-effect': { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
  },
});
const shared = fileURLToPath(new URL('../../../../shared/bench/', import.meta.url));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mop-bench');
const python = join(cache, 'venv', 'bin', 'python');
const ours = fileURLToPath(new URL('figure.mjs', import.meta.url));

/** Our figure, the reference's case, and the share of its time that the claim allows. */
const PAIRS = [
  { figure: 'frechet', peer: 'fid_sqrtm', warm: 1.5, cold: 1, memory: 1 },
  { figure: 'mauve', peer: 'mauve', warm: 1, cold: 1, memory: 1 },
  { figure: 'cosine', peer: 'cos_naive', warm: 1, cold: 1, memory: 1 },
  { figure: 'cosine', peer: 'cos_block' },
  // By TensorFlow's products, where MOP_TFJS names a folder that has it (CI makes one from ../shared/workspace/tfjs-native.sh).
  { figure: 'cosine-tf', peer: 'cos_block', warm: 1.5 },
  { figure: 'kid', peer: 'kid', warm: 1, memory: 1 },
  { figure: 'manifold', peer: 'prdc', warm: 1, memory: 1 },
];

const run = (command, args, env = {}) => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim().split('\n').at(-1)}`);
  return stdout;
};
/** The same with the wall and processor seconds of the process and all it started. */
const timedRun = (command, args) => {
  const script = 'TIMEFORMAT="%U %S"; exec 3>&1; { time "$@" 1>&3 2>/dev/null; } 2>&1 >/dev/null | sed "s/^/cpu /"';
  const start = performance.now();
  const out = run('bash', ['-o', 'pipefail', '-c', script, '_', command, ...args]);
  const wall = (performance.now() - start) / 1000;
  const [user, system] = /^cpu (\S+) (\S+)$/m.exec(out).slice(1).map(Number);
  return { ...lastJson(out), process_wall: wall, process_cpu: user + system };
};
const lastJson = (text) =>
  JSON.parse(
    text
      .trim()
      .split('\n')
      .findLast((line) => line.startsWith('{')),
  );

/** The reference's environment and data, made once outside the tree; or the reason why there are none. */
function prepare(ds) {
  if (!existsSync(join(shared, 'metrics_reference.py'))) return '../shared is not beside this clone';
  try {
    mkdirSync(cache, { recursive: true });
    if (!existsSync(python)) {
      run('python3', ['-m', 'venv', join(cache, 'venv')]);
      run(python, ['-m', 'pip', 'install', '-q', '-r', join(shared, 'requirements.txt')]);
    }
    for (const d of ds) {
      if (!existsSync(join(cache, `x_5000_${d}.npy`))) {
        run(python, [join(shared, 'metrics_reference.py'), '--dump', cache, '--n', '5000', '--d', String(d)]);
      }
    }
    return null;
  } catch (error) {
    return error.message;
  }
}

const peerRun = (peer, d, threads, cold) =>
  timedRun(python, [
    join(shared, 'metrics_reference.py'),
    ...[
      '--case',
      peer,
      '--n',
      '5000',
      '--d',
      String(d),
      '--threads',
      String(threads),
      '--runs',
      cold ? '1' : '3',
      '--data',
      cache,
    ],
    ...(cold ? ['--cold'] : []),
  ]);
const ourRun = (figure, d, threads, cold) => {
  const files = ['x', 'y'].map((set) => join(cache, `${set}_5000_${d}.npy`));
  return timedRun(process.execPath, [ours, figure, ...files, cold ? '0' : '3', String(threads)]);
};

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const seconds = (value) => value.toFixed(value < 1 ? 3 : 2);

function compare({ figure, peer, warm, cold, memory }, d, threads, runs) {
  const [mine, theirs, mineCold, theirsCold] = [[], [], [], []];
  for (let i = 0; i < runs; i++) {
    mine.push(ourRun(figure, d, threads, false));
    theirs.push(peerRun(peer, d, threads, false));
    if (cold && !values['no-cold'] && i < 3) {
      mineCold.push(ourRun(figure, d, threads, true));
      theirsCold.push(peerRun(peer, d, threads, true));
    }
  }
  const line = (name, a, b, limit, unit = '') => {
    const ratio = a / b;
    const verdict = limit === undefined ? '' : ratio <= limit ? `holds (≤ ${limit})` : `DOES NOT HOLD (> ${limit})`;
    console.log(
      `${figure} vs ${peer}`.padEnd(23),
      `d ${d}, ${threads} thr`.padEnd(14),
      name.padEnd(11),
      `${seconds(a)}${unit}`.padStart(9),
      `${seconds(b)}${unit}`.padStart(9),
      ratio.toFixed(2).padStart(6),
      '',
      verdict,
    );
  };
  const of = (list, key) => median(list.map((each) => each[key]));
  const judged = threads === 1 ? values.clock : 'wall';
  for (const clock of ['wall', 'cpu']) {
    const bar = (limit) => (clock === judged ? limit : undefined);
    line(`warm ${clock}`, of(mine, `${clock}_median`), of(theirs, `${clock}_median`), bar(warm));
    if (mineCold.length > 0)
      line(`cold ${clock}`, of(mineCold, `process_${clock}`), of(theirsCold, `process_${clock}`), bar(cold));
  }
  line('peak MB', of(mine, 'peak_rss_mb'), of(theirs, 'peak_rss_mb'), memory);
}

/** The comparison with the Python references, and the kernels. */
function compareAll() {
  process.env.MOP_TFJS ??= join(cache, '..', 'mop-tfjs');
  const isThere = (figure) =>
    figure !== 'cosine-tf' || existsSync(join(process.env.MOP_TFJS, 'node_modules/@tensorflow'));
  const chosen = PAIRS.filter(({ figure }) => values.figures.split(',').includes(figure) && isThere(figure));
  const ds = values.d.split(',').map(Number);
  if (!values['no-kernels']) kernelRates(ds);
  const reason = prepare(ds);
  if (reason) console.log(`No comparison with the Python references: ${reason}.`);
  else {
    console.log('\npair                    case           what             ours reference  ratio');
    for (const threads of values.threads.split(',')) {
      const count = threads === 'all' ? availableParallelism() : Number(threads);
      for (const d of ds) for (const pair of chosen) compare(pair, d, count, Number(values.runs));
    }
  }
  if (values.big)
    console.log(`\n${run(process.execPath, ['--max-old-space-size=512', ours, 'big', '', '', '0', '1'])}`);
}

if (values.smoke) kernelRates([16], 200);
if (values.coverage || values.smoke) await coverage({ smoke: values.smoke });
if (values['null-effect'] || values.smoke) nullEffect({ smoke: values.smoke });
if (!values.coverage && !values['null-effect'] && !values.smoke) compareAll();
