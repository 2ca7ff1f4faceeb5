// Question: does the interval printed with a value hold the truth? Two samples of one Gaussian, so the true distance is 0 and the true MAUVE score 1.
// usage: node bench/coverage.mjs [--smoke] [--runs 100] [--bootstrap 60] [--from 0] [--shrink 4] [--case 0] [--metrics frechet,mauve]
//   (npm run bench -- metrics --coverage)
//   --shrink: sizes divided by it, in the same proportions; --case: 0 is 300 / 600 × 384, 1 is 300 / 2,000 × 256, which run side by side
//   --from: the first run, so that several processes can share the runs
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

/** Ends of the exact 95 % interval (Clopper and Pearson) of a share of which `hits` of `n` were seen. */
function binomialInterval(hits, n) {
  const atMost = (k, p) => {
    let [term, sum] = [(1 - p) ** n, 0];
    for (let i = 0; i <= k; i++) {
      sum += term;
      term *= ((n - i) / (i + 1)) * (p / (1 - p));
    }
    return sum;
  };
  const solve = (isBelow) => {
    let [low, high] = [0, 1];
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (isBelow(middle)) low = middle;
      else high = middle;
    }
    return low;
  };
  return [
    hits === 0 ? 0 : solve((p) => 1 - atMost(hits - 1, p) < 0.025),
    hits === n ? 1 : solve((p) => atMost(hits, p) > 0.025),
  ];
}

/** One line per metric: runs whose interval holds the truth, the mean value and half width, and the mean raw part. */
function printCase(label, found) {
  for (const name of Object.keys(found[0])) {
    const truth = TRUTH[name];
    const values = found.map((each) => each[name]);
    const hits = values.filter(({ interval: [low, high] }) => low <= truth && truth <= high).length;
    const mean = (of) => values.reduce((sum, each) => sum + of(each), 0) / values.length;
    const raw = values[0].parts.raw === undefined ? '' : `, raw ${mean(({ parts }) => parts.raw).toPrecision(3)}`;
    const half = mean(({ interval: [low, high] }) => (high - low) / 2).toPrecision(3);
    const [low, high] = binomialInterval(hits, values.length).map((share) => (100 * share).toFixed(1));
    console.log(
      `${label}  ${name.padEnd(8)} ${hits} of ${values.length} intervals hold ${truth} (${low}–${high} %); mean ${mean(({ value }) => value).toPrecision(3)} ± ${half}${raw}`,
    );
  }
}

/**
 * Prints, for each metric, the share of runs whose interval holds the truth with its binomial interval, after every 20 runs.
 * @param {{ smoke?: boolean, runs?: number, bootstrap?: number, from?: number, shrink?: number, only?: number, metrics?: string[] }} options
 */
export async function coverage({
  smoke = false,
  runs = 100,
  bootstrap = 60,
  from = 0,
  shrink = 1,
  only,
  metrics = Object.keys(TRUTH),
} = {}) {
  const full = [
    [300, 600, 384],
    [300, 2000, 256],
  ];
  const chosen = only === undefined ? full : [full[only]];
  const cases = smoke ? [[20, 40, 16]] : chosen.map((sizes) => sizes.map((size) => size / shrink));
  const end = from + (smoke ? 3 : runs);
  for (const [m, n, d] of cases) {
    const found = [];
    for (let run = from; run < end; run++) {
      const sets = {
        synthetic: { embeddings: sample(m, d, 2 * run) },
        golden: { embeddings: sample(n, d, 2 * run + 1) },
      };
      const options = { metrics, bootstrap, floorSplits: 0, seed: run };
      found.push(await evaluateSets(sets, options));
      if (found.length % 20 === 0 || run === end - 1) printCase(`${m} / ${n} × ${d}`, found);
    }
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const text = { type: 'string' };
  const { values } = parseArgs({
    options: {
      smoke: { type: 'boolean', default: false },
      runs: text,
      bootstrap: text,
      from: text,
      shrink: text,
      case: text,
      metrics: text,
    },
  });
  const { smoke, metrics, case: only, ...counts } = values;
  const numbers = Object.fromEntries(Object.entries(counts).map(([name, given]) => [name, Number(given)]));
  await coverage({
    smoke,
    ...numbers,
    ...(only === undefined ? {} : { only: Number(only) }),
    ...(metrics === undefined ? {} : { metrics: metrics.split(',') }),
  });
}
