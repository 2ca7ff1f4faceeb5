// Question: how near do the kernels come to what one core can do, and do exp and k-means beat Math.exp and ml-kmeans where it matters?
// usage: npm run bench -- numeric [--smoke]   --smoke: everything at its smallest size, in seconds
import { kmeans as mlKmeans } from 'ml-kmeans';
import { expInPlace, kMeans, multiplyByTranspose, multiplyTransposed, normal, randomFor } from '../dist/index.js';
import { PRODUCTS_WASM } from '../dist/bytes/products-bytes.js';

/** Processor time of one call in milliseconds: unlike wall time it says the same on a busy machine. All of this runs on one thread. */
function timed(call) {
  const before = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3;
}

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
const random = randomFor(1, 'bench', 0);
const matrix = (rows, cols, Type) => ({ data: Type.from({ length: rows * cols }, () => normal(random)), rows, cols });

/** GFLOP/s of the bare kernel on a block that fits the first-level cache: what this core gives without any copying. */
function bareRate(bytes) {
  const memory = new WebAssembly.Memory({ initial: 8 });
  const module = new WebAssembly.Module(Buffer.from(PRODUCTS_WASM, 'base64'));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const call = bytes === 4 ? exports.product32 : exports.product64;
  const [m, k, n] = [16, 256, 16];
  return (repeats) => {
    const time = timed(() => {
      for (let i = 0; i < repeats; i++) call(0, 65536, 131072, m, k, n, false);
    });
    return (2 * m * k * n * repeats) / time / 1e6;
  };
}

const smoke = process.argv.includes('--smoke');
/** A size, or a small one in a smoke run. */
const sized = (full, small) => (smoke ? small : full);

const cases = [
  ['A·Bᵀ', multiplyByTranspose, [1000, 768], [128, 768]],
  ['A·Bᵀ', multiplyByTranspose, [2000, 384], [2000, 384]],
  ['Aᵀ·B', multiplyTransposed, [5000, 384], [5000, 384]],
];
for (const Type of [Float32Array, Float64Array]) {
  const bare = bareRate(Type.BYTES_PER_ELEMENT);
  for (const [name, f, shapeA, shapeB] of smoke ? [['A·Bᵀ', multiplyByTranspose, [64, 32], [64, 32]]] : cases) {
    const [a, b] = [matrix(...shapeA, Type), matrix(...shapeB, Type)];
    const out = f(a, b);
    const flops = 2 * out.rows * out.cols * (name === 'A·Bᵀ' ? a.cols : a.rows);
    const [rates, bares] = [[], []];
    for (let i = 0; i < sized(11, 1); i++) {
      bares.push(bare(sized(2000, 20)));
      rates.push(flops / timed(() => f(a, b, out)) / 1e6);
    }
    const [rate, top] = [median(rates), median(bares)];
    console.log(
      `${Type.name} ${name} ${shapeA.join('×')}, ${shapeB.join('×')}: ${rate.toFixed(1)} GFLOP/s, ${((100 * rate) / top).toFixed(0)} % of the bare kernel's ${top.toFixed(1)}`,
    );
  }
}

for (const count of sized([32_000, 100_000], [1000])) {
  const source = Float64Array.from({ length: count }, () => 5 * normal(random) - 10);
  const work = new Float64Array(count);
  const [plain, ours] = [[], []];
  for (let i = 0; i < sized(101, 3); i++) {
    work.set(source);
    const byMath = timed(() => {
      for (let at = 0; at < count; at++) work[at] = Math.exp(work[at]);
    });
    plain.push((byMath / count) * 1e6);
    work.set(source);
    ours.push((timed(() => expInPlace(work)) / count) * 1e6);
  }
  console.log(
    `exp of ${count} numbers: Math.exp ${median(plain).toFixed(1)} ns a number, expInPlace ${median(ours).toFixed(1)} ns`,
  );
}

const [n, d, k] = sized([5000, 50, 200], [200, 5, 8]);
const points = matrix(n, d, Float32Array);
for (let i = 0; i < n; i++) for (let p = 0; p < d; p++) points.data[i * d + p] += 3 * Math.sin((i % 150) * (p + 1));
const rows = Array.from({ length: n }, (_, i) => Array.from(points.data.subarray(i * d, (i + 1) * d)));
const [ours, theirs, inertias] = [[], [], []];
for (let seed = 0; seed < sized(5, 1); seed++) {
  let mine, other;
  ours.push(timed(() => (mine = kMeans(points, k, { seed }))));
  theirs.push(timed(() => (other = mlKmeans(rows, k, { initialization: 'random', seed }))));
  const inertia = other.computeInformation(rows).reduce((sum, { error, size }) => sum + error * size, 0);
  inertias.push(`${mine.inertia.toFixed(0)} / ${inertia.toFixed(0)}`);
}
console.log(
  `k-means ${n} × ${d}, k ${k}, random start: ours ${median(ours).toFixed(0)} ms, ml-kmeans ${median(theirs).toFixed(0)} ms; inertia ours / theirs ${inertias.join(', ')}`,
);

// MAUVE's setting: 10,000 unit rows of a decaying spectrum, 145 columns (90 % of the variance of 384), 500 buckets, 5 starts.
const embeddings = matrix(sized(10_000, 300), 145, Float32Array);
const topics = matrix(60, 145, Float64Array);
for (let i = 0; i < embeddings.rows; i++) {
  const row = embeddings.data.subarray(i * 145, (i + 1) * 145);
  const topic = topics.data.subarray((i % 60) * 145, ((i % 60) + 1) * 145);
  for (let p = 0; p < 145; p++) row[p] = (0.8 * row[p] + 0.6 * topic[p]) * (p + 2.5) ** -0.33;
  const length = Math.hypot(...row);
  for (let p = 0; p < 145; p++) row[p] /= length;
}
for (let seed = 0; seed < sized(3, 1); seed++) {
  let result;
  const time = timed(() => (result = kMeans(embeddings, sized(500, 10), { seed, restarts: 5 })));
  console.log(
    `k-means ${embeddings.rows} × 145, k ${sized(500, 10)}, 5 starts: ${time.toFixed(0)} ms; inertia ${result.inertia.toFixed(1)}, ${result.iterations} iterations in the best`,
  );
}
