// Question: is each figure ahead of its Python reference, warm and cold, in time and in memory, and how near are the kernels to the machine?
// usage: npm run bench -- metrics [--runs 5] [--d 384,768] [--threads 1,all] [--big]   (--big: 50,000 rows in bounded memory as well)
// Ours and the reference's runs alternate, each measurement in a fresh process, so that a busy machine slows both alike: read the ratios.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { kernelRates } from './kernels.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    d: { type: 'string', default: '384,768' },
    threads: { type: 'string', default: '1,all' },
    big: { type: 'boolean', default: false },
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
  { figure: 'cosine', peer: 'cos_block', warm: 1.5 },
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
  lastJson(
    run(python, [
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
    ]),
  );
const ourRun = (figure, d, threads, cold) => {
  const start = performance.now();
  const line = lastJson(
    run(process.execPath, [
      ours,
      figure,
      join(cache, `x_5000_${d}.npy`),
      join(cache, `y_5000_${d}.npy`),
      cold ? '0' : '3',
      String(threads),
    ]),
  );
  return { ...line, process_wall: (performance.now() - start) / 1000 };
};

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const seconds = (value) => value.toFixed(value < 1 ? 3 : 2);

function compare({ figure, peer, warm, cold, memory }, d, threads, runs) {
  const [mine, theirs, mineCold, theirsCold] = [[], [], [], []];
  for (let i = 0; i < runs; i++) {
    mine.push(ourRun(figure, d, threads, false));
    theirs.push(peerRun(peer, d, threads, false));
    if (cold && i < 3) {
      mineCold.push(ourRun(figure, d, threads, true));
      theirsCold.push(peerRun(peer, d, threads, true));
    }
  }
  const line = (name, a, b, limit, unit = '') => {
    const ratio = a / b;
    const verdict = limit === undefined ? '' : ratio <= limit ? `holds (≤ ${limit})` : `DOES NOT HOLD (> ${limit})`;
    console.log(
      `${figure} vs ${peer}`.padEnd(22),
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
  line('warm wall', of(mine, 'wall_median'), of(theirs, 'wall_median'), warm);
  line('warm cpu', of(mine, 'cpu_median'), of(theirs, 'cpu_median'), undefined);
  if (cold) line('cold wall', of(mineCold, 'process_wall'), of(theirsCold, 'process_wall'), cold);
  line('peak MB', of(mine, 'peak_rss_mb'), of(theirs, 'peak_rss_mb'), memory);
}

const ds = values.d.split(',').map(Number);
kernelRates(ds);
const reason = prepare(ds);
if (reason) console.log(`No comparison with the Python references: ${reason}.`);
else {
  console.log('\npair                   case           what             ours reference  ratio');
  for (const threads of values.threads.split(',')) {
    const count = threads === 'all' ? availableParallelism() : Number(threads);
    for (const d of ds) for (const pair of PAIRS) compare(pair, d, count, Number(values.runs));
  }
}
if (values.big) console.log(`\n${run(process.execPath, ['--max-old-space-size=512', ours, 'big', '', '', '0', '1'])}`);
