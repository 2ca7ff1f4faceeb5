// Question: does the interval printed with a value hold the truth? Two samples of one Gaussian, so the true distance is 0 and the true MAUVE score 1.
// usage: node bench/coverage.mjs [--smoke] [--runs 60] [--bootstrap 60] [--from 0] [--shrink 4]   (npm run bench -- metrics --coverage)
//   --shrink: sizes divided by it, in the same proportions; 300 / 600 × 384 takes ten seconds per run
import { parseArgs } from 'node:util';
import { normal, randomFor } from '@mixture-of-personas/numeric';
import { evaluateSets } from '../dist/index.js';

const TRUTH = { frechet: 0, kid: 0, energy: 0, mmd: 0, mauve: 1 };

/** n × d normal numbers; the variance of column j falls as 10 / (10 + j), so that few directions hold most of it, as in embeddings. */
function sample(n, d, seed) {
  const random = randomFor(seed, 'coverage', 0);
  const data = Float64Array.from({ length: n * d }, (_, at) => normal(random) / Math.sqrt(1 + (at % d) / 10));
  return { data, rows: n, cols: d };
}

/**
 * Prints, for each metric, the share of runs whose interval holds the truth, the mean value and its raw part.
 * @param {{ smoke?: boolean, runs?: number, bootstrap?: number, from?: number, shrink?: number }} options
 */
export async function coverage({ smoke = false, runs = 60, bootstrap = 60, from = 0, shrink = 1 } = {}) {
  const cases = smoke
    ? [[20, 40, 16]]
    : [
        [300, 600, 384],
        [300, 2000, 256],
      ].map((sizes) => sizes.map((size) => size / shrink));
  for (const [m, n, d] of cases) {
    const found = [];
    for (let run = from; run < from + (smoke ? 3 : runs); run++) {
      const sets = {
        synthetic: { embeddings: sample(m, d, 2 * run) },
        golden: { embeddings: sample(n, d, 2 * run + 1) },
      };
      const options = { metrics: Object.keys(TRUTH), bootstrap, floorSplits: 0, seed: run };
      found.push(await evaluateSets(sets, options));
    }
    for (const [name, truth] of Object.entries(TRUTH)) {
      const values = found.map((each) => each[name]);
      const hits = values.filter(({ interval: [low, high] }) => low <= truth && truth <= high).length;
      const mean = (of) => values.reduce((sum, each) => sum + of(each), 0) / values.length;
      const raw = values[0].parts.raw === undefined ? '' : `, raw ${mean(({ parts }) => parts.raw).toPrecision(3)}`;
      const half = mean(({ interval: [low, high] }) => (high - low) / 2).toPrecision(3);
      console.log(
        `${m} / ${n} × ${d}  ${name.padEnd(8)} ${hits} of ${values.length} intervals hold ${truth}; mean ${mean(({ value }) => value).toPrecision(3)} ± ${half}${raw}`,
      );
    }
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const number = { type: 'string' };
  const { values } = parseArgs({
    options: {
      smoke: { type: 'boolean', default: false },
      runs: number,
      bootstrap: number,
      from: number,
      shrink: number,
    },
  });
  const { smoke, ...counts } = values;
  const numbers = Object.fromEntries(Object.entries(counts).map(([name, text]) => [name, Number(text)]));
  await coverage({ smoke, ...numbers });
}
