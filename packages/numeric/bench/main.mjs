// Question: how near do the kernels come to what one core can do, and does our k-means beat ml-kmeans where it matters?
// usage: npm run bench -- numeric
import { kmeans as mlKmeans } from 'ml-kmeans';
import { kMeans, multiplyByTranspose, multiplyTransposed, normal, randomFor } from '../dist/index.js';
import { PRODUCTS_WASM } from '../dist/products-bytes.js';

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
    const start = performance.now();
    for (let i = 0; i < repeats; i++) call(0, 65536, 131072, m, k, n, false);
    return (2 * m * k * n * repeats) / (performance.now() - start) / 1e6;
  };
}

const cases = [
  ['A·Bᵀ', multiplyByTranspose, [1000, 768], [128, 768]],
  ['A·Bᵀ', multiplyByTranspose, [2000, 384], [2000, 384]],
  ['Aᵀ·B', multiplyTransposed, [5000, 384], [5000, 384]],
];
for (const Type of [Float32Array, Float64Array]) {
  const bare = bareRate(Type.BYTES_PER_ELEMENT);
  for (const [name, f, shapeA, shapeB] of cases) {
    const [a, b] = [matrix(...shapeA, Type), matrix(...shapeB, Type)];
    const out = f(a, b);
    const flops = 2 * out.rows * out.cols * (name === 'A·Bᵀ' ? a.cols : a.rows);
    const [rates, bares] = [[], []];
    for (let i = 0; i < 11; i++) {
      bares.push(bare(2000));
      const start = performance.now();
      f(a, b, out);
      rates.push(flops / (performance.now() - start) / 1e6);
    }
    const [rate, top] = [median(rates), median(bares)];
    console.log(
      `${Type.name} ${name} ${shapeA.join('×')}, ${shapeB.join('×')}: ${rate.toFixed(1)} GFLOP/s, ${((100 * rate) / top).toFixed(0)} % of the bare kernel's ${top.toFixed(1)}`,
    );
  }
}

const [n, d, k] = [5000, 50, 200];
const points = matrix(n, d, Float32Array);
for (let i = 0; i < n; i++) for (let p = 0; p < d; p++) points.data[i * d + p] += 3 * Math.sin((i % 150) * (p + 1));
const rows = Array.from({ length: n }, (_, i) => Array.from(points.data.subarray(i * d, (i + 1) * d)));
const [ours, theirs, inertias] = [[], [], []];
for (let seed = 0; seed < 5; seed++) {
  let start = performance.now();
  const mine = kMeans(points, k, { seed });
  ours.push(performance.now() - start);
  start = performance.now();
  const other = mlKmeans(rows, k, { initialization: 'random', seed });
  theirs.push(performance.now() - start);
  const inertia = other.computeInformation(rows).reduce((sum, { error, size }) => sum + error * size, 0);
  inertias.push(`${mine.inertia.toFixed(0)} / ${inertia.toFixed(0)}`);
}
console.log(
  `k-means ${n} × ${d}, k ${k}, random start: ours ${median(ours).toFixed(0)} ms, ml-kmeans ${median(theirs).toFixed(0)} ms; inertia ours / theirs ${inertias.join(', ')}`,
);
