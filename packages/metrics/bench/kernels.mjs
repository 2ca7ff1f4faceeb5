// How near each kernel is to what one core gives: the bare float64 loop of kernels/gram.ts on data that never leaves the first-level cache is the yardstick
// for the float64 ones; 16-bit products have their own.
import { normal, randomFor } from '@mixture-of-personas/numeric';
import { quickScatterOf, scatterOf, triangularFactor } from '@mixture-of-personas/numeric/internal';
import { cosineHistogram, kid } from '../dist/index.js';
import { INT16_WASM } from '../dist/bytes/int16-bytes.js';
import { GRAM_WASM } from '../../numeric/dist/bytes/gram-bytes.js';
import { tridiagonalOf } from '../../numeric/dist/linalg/tridiagonal.js';

const best = (f, times = 7) => {
  let least = Infinity;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    f();
    least = Math.min(least, performance.now() - start);
  }
  return least;
};

function instance(base64) {
  const memory = new WebAssembly.Memory({ initial: 32 });
  return new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(base64, 'base64')), { env: { memory } }).exports;
}

/** GFLOP/s of the bare loops: float64 products, and 16-bit ones (a multiplication and an addition counted each). */
function bareRates() {
  const gram = instance(GRAM_WASM);
  const double = best(() => {
    for (let i = 0; i < 2000; i++) gram.addGram(16, 131_072, 128, 16, 128);
  });
  const kernel16 = instance(INT16_WASM);
  const int16 = best(() => {
    for (let i = 0; i < 500; i++) kernel16.products(16, 65_536, 4, 384, 262_144);
  });
  return { double: (2 * 2000 * 128 * 160) / double / 1e6, int16: (2 * 500 * 4 * 32 * 384) / int16 / 1e6 };
}

/** Prints the rate of each kernel at full size, and as a share of the bare loop's. */
export function kernelRates(ds, n = 5000) {
  const { double, int16 } = bareRates();
  console.log(`bare loops on this core: ${double.toFixed(1)} GFLOP/s in float64, ${int16.toFixed(1)} Gop/s in 16 bits`);
  for (const d of ds) {
    const random = randomFor(1, 'bench', 0);
    const set = { data: Float32Array.from({ length: n * d }, () => normal(random)), rows: n, cols: d };
    const { scatter } = scatterOf(set);
    const line = (name, ms, work, bare) =>
      console.log(
        `  ${name.padEnd(34)} d ${d}  ${ms.toFixed(1).padStart(7)} ms  ${(work / ms / 1e6).toFixed(1).padStart(5)} G/s  ${Math.round((100 * work) / ms / 1e6 / bare)} % of bare`,
      );
    line(
      'scatter (half of n d², float64)',
      best(() => scatterOf(set)),
      n * d * d,
      double,
    );
    line(
      'scatter, products in float32',
      best(() => quickScatterOf(set)),
      n * d * d,
      double,
    );
    line(
      'Cholesky factor',
      best(() => triangularFactor(scatter)),
      d ** 3 / 3,
      double,
    );
    line(
      'tridiagonal form',
      best(() => tridiagonalOf(scatter)),
      (4 * d ** 3) / 3,
      double,
    );
    line(
      'cosine histogram (16 bits)',
      best(() => cosineHistogram(set), 3),
      n * n * d,
      int16,
    );
    line(
      'KID (16 bits, 2 sets)',
      best(() => kid(set, set), 1),
      4 * n * n * d,
      int16,
    );
  }
}
