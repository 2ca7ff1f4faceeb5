// Benchmarks of the gate.
//   npm run bench -- gating [rounds] [--steps 10000] [--clock cpu|wall] [--python FOLDER/bin/python]
//     How long does one optimizer step of the paper's fit take beside PyTorch's, on one thread each? And how long the whole of `fitMixture` after
//     its scores are in (K 100, N 1000, 300 records, 256 candidate pairs)? The clock is each process's own CPU time, so that a busy machine slows
//     neither. K 100, N 1000, B 32, hidden 128, d 768, M 4. A step is forward pass, top-M, exact gradient, AdamW. Python and this run in turns.
//   npm run bench -- gating acceptance [seeds] [share,…]: gains on the complete tables of ../shared/golden/fit, by exact sums
//   npm run bench -- gating nulls [seeds]: false gains, coverage, and 20 records, on toy populations of known density
//   --smoke: the smallest size of each, seconds
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtInBackend, topPairs } from '@mixture-of-personas/gating';
import { normal, randomFor } from '@mixture-of-personas/numeric';
import { optimizerStep, startOptimizer } from '../dist/em/optimizer.js';
import { acceptance } from './acceptance.mjs';
import { timeMixture } from './mixture.mjs';
import { studyNulls } from './nulls.mjs';

const smoke = process.argv.includes('--smoke');

const [B, K, N, D, H, M] = [32, 100, 1000, 768, 128, 4];
const option = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : process.argv[at + 1];
};
const rounds = smoke ? 1 : Number(process.argv[2]) || 3;
const python = option('--python', process.env.MOP_PYTHON ?? join(homedir(), '.cache/mop-bench-venv/bin/python'));
const reference = fileURLToPath(new URL('../../../../shared/bench/gating_reference.py', import.meta.url));
const PARTS = ['inputWeights', 'personaWeights', 'exemplarWeights'];

function gaussian(rows, cols, scale, row) {
  const random = randomFor(0, 'bench', row);
  return { data: Float64Array.from({ length: rows * cols }, () => normal(random) * scale), rows, cols };
}

const asFloat32 = (matrix) => ({ ...matrix, data: Float32Array.from(matrix.data) });
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** A gate with its optimizer, stepping on random embeddings and random log-probabilities as the reference does. */
function trainer({ backend, weightScale, learningRate }) {
  const inputs = {
    contexts: asFloat32(gaussian(B, D, 1, 1)),
    personas: asFloat32(gaussian(K, D, 1, 2)),
    exemplars: asFloat32(gaussian(N, D, 1, 3)),
  };
  const gate = { temperatures: new Float64Array(K).fill(0.6) };
  PARTS.forEach((part, p) => (gate[part] = gaussian(H, D, weightScale, 4 + p)));
  const logProbabilities = gaussian(B, M, 1, 9).data;
  const derivatives = new Float64Array(B * M);
  const choice = { kind: 'adamw', weightDecay: 0 };
  const states = PARTS.map((part) => startOptimizer(choice, gate[part].data.length));
  return () => {
    const forward = backend.forward(gate, inputs);
    const pairs = topPairs(forward.mixture, M);
    const gradient = forward.gradient({ pairs, logProbabilities, derivatives });
    PARTS.forEach((part, p) => {
      states[p] = optimizerStep(choice, gate[part].data, gradient[part].data, { state: states[p], learningRate });
    });
    return { loss: gradient.loss, mixture: forward.mixture, gradient };
  };
}

const byCpu = option('--clock', 'cpu') === 'cpu';
/** Milliseconds by the chosen clock. */
function now() {
  if (!byCpu) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

function timeBuiltIn(backend) {
  const step = trainer({ backend, weightScale: 0.02, learningRate: 1e-3 });
  const times = [];
  for (let i = 0; i < 23; i++) {
    const start = now();
    step();
    if (i >= 3) times.push(now() - start);
  }
  return median(times);
}

function timePython() {
  const environment = { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  const clock = byCpu ? 'time.perf_counter = time.process_time' : 'pass';
  const program = `import sys, time; ${clock}; sys.argv = ['', '1']; exec(open(${JSON.stringify(reference)}).read())`;
  const { status, stdout } = spawnSync(python, ['-c', program], { encoding: 'utf8', env: environment });
  if (status !== 0) return undefined;
  return Object.fromEntries(
    [...stdout.matchAll(/(naive|fact) median ms ([\d.]+)/g)].map(([, name, ms]) => [name, Number(ms)]),
  );
}

function survive(steps) {
  // Weights of this size make logits of ±1,000 to start with.
  const step = trainer({ backend: builtInBackend(), weightScale: 0.11, learningRate: 1e-3 });
  let [largest, smallest] = [0, Infinity];
  const start = performance.now();
  for (let i = 0; i < steps; i++) {
    const { loss, mixture, gradient } = step();
    const bad = !Number.isFinite(loss) || PARTS.some((part) => !gradient[part].data.every(Number.isFinite));
    if (bad) throw new Error(`step ${i}: a number is not finite (loss ${loss})`);
    for (const value of mixture.contextLogits.data) largest = Math.max(largest, Math.abs(value));
    for (const value of mixture.personaLogits.data) largest = Math.max(largest, Math.abs(value));
    smallest = Math.min(smallest, loss);
  }
  const seconds = ((performance.now() - start) / 1e3).toFixed(0);
  console.log(
    `${steps} steps, logits up to ±${largest.toFixed(0)}, loss down to ${smallest.toFixed(3)}: no NaN (${seconds} s)`,
  );
}

async function mixture() {
  const sizes = smoke
    ? { records: 30, personas: 5, exemplars: 20, d: 16 }
    : { records: 300, personas: 100, exemplars: 1000, d: 384 };
  const { seconds, lines, result } = await timeMixture(sizes, { pairs: smoke ? 40 : 256 });
  const { pairs, perRecord, scored } = result.design;
  console.log(`fitMixture after its scores: ${seconds.toFixed(2)} s of CPU time, cross-validation included`);
  console.log(
    `  ${JSON.stringify(sizes)}, ${pairs} candidate pairs, ${perRecord} a record, ${scored} scores in ${(result.table.knots.byteLength / 2 ** 20).toFixed(1)} MiB`,
  );
  for (const line of lines) console.log(`  ${line}`);
}

async function nulls(seeds) {
  const half = { records: 300, strength: 8 };
  const cases = [
    { records: 100, strength: 0, say: 'equal weights are the truth' },
    { ...half, say: 'an affine optimum is planted, half of the pairs scored' },
    { ...half, say: 'the same, all pairs scored', settings: { design: { perRecord: 32 } } },
    { records: 20, strength: 4, say: '20 records' },
  ];
  for (const { say, ...study } of cases) {
    const { chosen, printed, anyBeyond, worse, fitted, meanTrueGain } = await studyNulls({ seeds, ...study });
    const of = ({ count, beyond, covered, sum }) =>
      count === 0
        ? 'none'
        : `mean ${(sum / count).toFixed(4)}, beyond 2 s.e. ${beyond}, covers the true gain ${covered} of ${count}`;
    console.log(
      `${say}, ${seeds} populations of ${study.records} records: ${fitted} gates fitted, mean true gain ${meanTrueGain.toFixed(4)} nats, ${worse} truly worse than equal weights\n` +
        `  printed gain, held-out records: ${of(printed)}; any gate beyond 2 s.e. over equal weights: ${anyBeyond}\n` +
        `  cross-validated difference: ${of(chosen)}`,
    );
  }
}

async function oneStep() {
  const results = { 'built-in float32': [], 'built-in float64': [], 'PyTorch naive': [], 'PyTorch fact': [] };
  const withPython = !smoke && existsSync(python) && existsSync(reference);
  if (!withPython) console.log(`without PyTorch: ${existsSync(python) ? reference : python} is not there`);
  for (let round = 0; round < rounds; round++) {
    results['built-in float32'].push(timeBuiltIn(builtInBackend()));
    const times = withPython ? timePython() : undefined;
    if (times) results['PyTorch naive'].push(times.naive);
    if (times) results['PyTorch fact'].push(times.fact);
    results['built-in float64'].push(timeBuiltIn(builtInBackend({ precision: 'float64' })));
  }
  console.log(
    `ms of ${byCpu ? 'CPU' : 'wall'} time a step, one thread, median of 20 in each of ${rounds} rounds (K ${K}, N ${N}, B ${B}, hidden ${H}, d ${D}, M ${M})`,
  );
  for (const [name, times] of Object.entries(results)) {
    if (times.length > 0)
      console.log(
        `  ${name.padEnd(17)} ${times.map((ms) => ms.toFixed(1)).join('  ')}   median ${median(times).toFixed(1)}`,
      );
  }
  if (results['PyTorch naive'].length > 0) {
    const ratio = (name) => (median(results['built-in float32']) / median(results[name])).toFixed(2);
    console.log(
      `built-in float32 / PyTorch: naive (the stable one) ${ratio('PyTorch naive')}, fact (NaN after some 20 steps) ${ratio('PyTorch fact')}`,
    );
  }
  const steps = Number(option('--steps', 0));
  if (steps > 0) survive(steps);
}

const [command, first, second] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (command === 'acceptance') await acceptance(Number(first) || 1, (second ?? '1,0.5,0.25').split(',').map(Number));
else if (command === 'nulls') await nulls(smoke ? 3 : Number(first) || 100);
else {
  await oneStep();
  await mixture();
  if (smoke) await nulls(2);
}
