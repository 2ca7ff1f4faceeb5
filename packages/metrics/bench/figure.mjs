// One figure in one process, one JSON line: node figure.mjs FIGURE X.npy Y.npy WARM_RUNS THREADS. WARM_RUNS 0: one cold run and no more.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  kid,
  cosineHistogram,
  cosineHistogramSteps,
  frechetDistance,
  manifold,
  mauve,
  MAUVE_PRESETS,
  tensorFlowProducts,
} from '../dist/index.js';

const [figure, fileX, fileY, runs, count] = process.argv.slice(2);
const threads = Number(count);

function readNpy(file) {
  const bytes = readFileSync(file);
  const header = bytes.readUInt16LE(8);
  const [rows, cols] = /\((\d+), (\d+)\)/
    .exec(bytes.toString('latin1', 10, 10 + header))
    .slice(1)
    .map(Number);
  // numpy pads the header to a multiple of 64 bytes: the numbers can be read where they are.
  return { data: new Float32Array(bytes.buffer, bytes.byteOffset + 10 + header, rows * cols), rows, cols };
}

/** 50,000 rows: their 1.25 billion cosines are counted in a few hundred MB, and progress is told. */
function big() {
  const set = {
    data: Float32Array.from({ length: 50_000 * 384 }, (_, i) => Math.sin(i * 12.9898 + (i % 384)) + 0.3),
    rows: 50_000,
    cols: 384,
  };
  const before = process.resourceUsage().maxRSS / 1024;
  const start = performance.now();
  const steps = cosineHistogramSteps(set);
  let told = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    if (step.value >= told + 0.1) console.error(`${Math.round(100 * (told = step.value))} %`);
  }
  const pairs = step.value.reduce((a, b) => a + b);
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    JSON.stringify({
      rows: 50_000,
      pairs,
      seconds: (performance.now() - start) / 1000,
      before_mb: Math.round(before),
      peak_mb: Math.round(peak),
    }),
  );
}

/** Products by the TensorFlow of a folder, on as many threads as are asked for. */
async function tensorFlow() {
  Object.assign(process.env, { TF_CPP_MIN_LOG_LEVEL: '3', TF_NUM_INTRAOP_THREADS: count, OMP_NUM_THREADS: count });
  const require = createRequire(join(process.env.MOP_TFJS, 'package.json'));
  return tensorFlowProducts('@tensorflow/tfjs-node-gpu', async (name) =>
    name === 'node:util' ? import(name) : require(name),
  );
}

const products = figure === 'cosine-tf' ? await tensorFlow() : undefined;
const weighed = (histogram) => histogram.reduce((sum, many, bin) => sum + many * bin, 0);
const figures = {
  // Fréchet and MAUVE run on one thread whatever is asked for.
  frechet: (x, y) => frechetDistance(x, y),
  mauve: (x, y) => mauve(x, y, MAUVE_PRESETS.paper).mauve,
  cosine: (x) => weighed(cosineHistogram(x, { threads })),
  'cosine-tf': (x) => weighed(cosineHistogram(x, { products })),
  kid: (x, y) => kid(x, y, { threads }),
  manifold: (x, y) => manifold(x, y, { threads }).coverage,
};

if (figure === 'big') big();
else {
  const [x, y] = [readNpy(fileX), readNpy(fileY)];
  const [walls, cpus] = [[], []];
  let value;
  // As the reference does: one warm-up on 300 rows is not timed. Engines also want to have seen the real size once.
  const some = (set) => ({ ...set, rows: 300, data: set.data.subarray(0, 300 * set.cols) });
  if (Number(runs) > 0 && figure !== 'mauve') figures[figure](some(x), some(y));
  if (Number(runs) > 0) figures[figure](x, y);
  for (let i = 0; i < Math.max(1, Number(runs)); i++) {
    const [wall, cpu] = [performance.now(), process.cpuUsage()];
    value = figures[figure](x, y);
    const { user, system } = process.cpuUsage(cpu);
    walls.push((performance.now() - wall) / 1000);
    cpus.push((user + system) / 1e6);
  }
  const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
  console.log(
    JSON.stringify({
      figure,
      value,
      wall_median: median(walls),
      cpu_median: median(cpus),
      peak_rss_mb: process.resourceUsage().maxRSS / 1024,
    }),
  );
}
