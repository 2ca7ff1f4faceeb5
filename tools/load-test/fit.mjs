// How much memory does a fit of a million pairs take over time, and how long beside the model? A fast fake model answers; all else is real: the gate, drawn
// pairs, exact gradients, the memory of scores and the store on disk.
//   node tools/load-test/fit.mjs [--pairs 1000000] [--personas 100] [--exemplars 2000] [--width 64] [--batch 256]      (run `npm run build` before)
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fitGateSteps, initialGate } from '@mixture-of-personas/gating';
import { openScoreStore, withStore } from '@mixture-of-personas/llm';
import { fakeModel } from '@mixture-of-personas/llm/testing';
import { normal, randomFor } from '@mixture-of-personas/numeric';

const number = (value) => ({ type: 'string', default: String(value) });
const { values } = parseArgs({
  options: {
    pairs: number(1_000_000),
    personas: number(100),
    exemplars: number(2000),
    width: number(64),
    batch: number(256),
  },
});
const [pairs, K, N, D, B] = ['pairs', 'personas', 'exemplars', 'width', 'batch'].map((name) => Number(values[name]));
const M = 4;
const records = Math.ceil(pairs / M);
const mega = (bytes) => `${(bytes / 2 ** 20).toFixed(0).padStart(5)} MiB`;

/** Unit vectors. */
function embeddings(rows, purpose) {
  const data = new Float32Array(rows * D);
  for (let i = 0; i < rows; i++) {
    const random = randomFor(1, purpose, i);
    let squares = 0;
    for (let j = 0; j < D; j++) squares += (data[i * D + j] = normal(random)) ** 2;
    for (let j = 0; j < D; j++) data[i * D + j] /= Math.sqrt(squares);
  }
  return { data, rows, cols: D };
}
const population = {
  records: embeddings(records, 'records'),
  personas: embeddings(K, 'personas'),
  exemplars: embeddings(N, 'exemplars'),
};

/** Texts as long as real ones, so that keys take as long to hash. */
const words = (name, i, count) => `${name} ${i}: ${'some more words of it '.repeat(count)}`;
const requestOf = ({ record, persona, exemplar }) => ({
  prompt: { text: `${words('Persona', persona, 15)}\n${words('Exemplar', exemplar, 15)}\n` },
  completion: words('Record', record, 12),
});
/** The nearer a record to its pair, the likelier, by the numbers in the request's text. */
function affinity({ prompt, completion }) {
  const [persona, exemplar, record] = [
    prompt.text.slice(8),
    prompt.text.split('Exemplar ')[1],
    completion.slice(7),
  ].map((text) => Number.parseInt(text, 10));
  let sum = 0;
  for (let j = 0; j < D; j++) {
    const near = population.personas.data[persona * D + j] + population.exemplars.data[exemplar * D + j];
    sum += population.records.data[record * D + j] * near;
  }
  return sum;
}

/** A curve that is asked twenty times when it is stored: what its request says is worked out once. */
const affinities = new WeakMap();
const model = {
  ...fakeModel({
    logProbability: (request, temperature) => {
      let near = affinities.get(request);
      if (near === undefined) affinities.set(request, (near = affinity(request)));
      return (-40 + 20 * near) / temperature;
    },
  }),
  inFlight: 256,
};

const folder = mkdtempSync(join(tmpdir(), 'mop-fit-'));
const stored = withStore(model, await openScoreStore(folder));
const scorer = (requests) => stored.score(requests.map(requestOf));
const gate = initialGate({ d: D, personas: K, hidden: 128, temperature: 1 }, { similarity: 4 });

console.log(`${records} records, K ${K}, N ${N}, d ${D}, ${M} drawn pairs per record, ${B} records per step`);
console.log('  pairs   seconds of processor time   resident      heap   buffers   store on disk');
function report(done) {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const disk = statSync(join(folder, 'curves.bin')).size;
  const cells = [String(done).padStart(7), ((user + system) / 1e6).toFixed(0).padStart(27)];
  console.log([...cells, ...[rss, heapUsed, arrayBuffers, disk].map(mega)].join(' '));
}
report(0);
const started = performance.now();
let [done, next] = [0, pairs / 10];
const fit = fitGateSteps(population, scorer, { gate, epochs: 1, batchSize: B, topM: M, learningRate: 1e-3 });
const bounds = [];
for await (const { pairsScored, truncatedBound } of fit) {
  done += pairsScored;
  bounds.push(truncatedBound);
  if (done < next) continue;
  report(done);
  next += pairs / 10;
}
const mean = (list) => (list.reduce((sum, value) => sum + value, 0) / list.length).toFixed(2);
console.log(
  `${done} pairs in ${((performance.now() - started) / 1000).toFixed(0)} s; bound of the first and last tenth of steps: ` +
    `${mean(bounds.slice(0, bounds.length / 10))}, ${mean(bounds.slice(-bounds.length / 10))}; peak ${mega(process.resourceUsage().maxRSS * 1024).trim()}`,
);
await stored.close();
rmSync(folder, { recursive: true });
