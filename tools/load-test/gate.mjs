// How long is a step of the gate, and how much memory does the process take, at K personas, N exemplars and any number of records? And are the pairs
// found among nearest neighbours the M largest of all K × N?
//   node tools/load-test/gate.mjs [--personas 1000] [--exemplars 20000] [--records 1000000] [--batch 32] [--width 384] [--steps 5] [--exact 2]
import { parseArgs } from 'node:util';
import { builtInBackend, drawPairs, initialGate, mixtureOf, topPairs, uniformGate } from '@mixture-of-personas/gating';
import { normal, randomFor } from '@mixture-of-personas/numeric';

const number = (value) => ({ type: 'string', default: String(value) });
const { values } = parseArgs({
  options: {
    personas: number(1000),
    exemplars: number(20_000),
    records: number(1_000_000),
    batch: number(32),
    width: number(384),
    steps: number(5),
    exact: number(2),
  },
});
const [K, N, B, D] = ['personas', 'exemplars', 'batch', 'width'].map((name) => Number(values[name]));
const [HIDDEN, M] = [128, 4];
const mega = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** Unit vectors around some centres, as sentence embeddings lie. */
function embeddings(rows, purpose) {
  const data = new Float32Array(rows * D);
  const centres = Array.from({ length: 20 }, (_, c) => {
    const random = randomFor(1, 'centre', c);
    return Float64Array.from({ length: D }, () => normal(random));
  });
  for (let i = 0; i < rows; i++) {
    const random = randomFor(1, purpose, i);
    const centre = centres[Math.floor(random() * centres.length)];
    let squares = 0;
    for (let j = 0; j < D; j++) {
      const value = centre[j] + normal(random);
      data[i * D + j] = value;
      squares += value * value;
    }
    for (let j = 0; j < D; j++) data[i * D + j] /= Math.sqrt(squares);
  }
  return { data, rows, cols: D };
}

const inputs = {
  contexts: embeddings(B, 'records'),
  personas: embeddings(K, 'personas'),
  exemplars: embeddings(N, 'exemplars'),
};
console.log(
  `K ${K}, N ${N}, B ${B}, d ${D}, hidden ${HIDDEN}, M ${M}; embeddings of ${values.records} records would take ${mega(Number(values.records) * D * 4)}`,
);
console.log(`before the first step: ${mega(process.memoryUsage().rss)} resident`);
const scoredAs = (pairs) => ({
  pairs,
  logProbabilities: Float64Array.from(pairs.personas, (_, at) => -40 + 5 * Math.sin(at)),
  derivatives: new Float64Array(pairs.personas.length),
});
const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const shape = { d: D, personas: K, hidden: HIDDEN, temperature: 0.6 };
const gates = {
  'all weights equal': uniformGate(shape),
  ...Object.fromEntries([4, 12].map((similarity) => [`similarity ${similarity}`, initialGate(shape, { similarity })])),
};
for (const [name, gate] of Object.entries(gates)) {
  const backend = builtInBackend();
  const times = { forward: [], 'top pairs': [], 'drawn pairs': [], gradient: [] };
  const timed = (name, work) => {
    const start = clock();
    const result = work();
    times[name].push(clock() - start);
    return result;
  };
  let mixture;
  for (let step = 0; step < Number(values.steps); step++) {
    const forward = timed('forward', () => backend.forward(gate, inputs));
    mixture = forward.mixture;
    timed('top pairs', () => topPairs(mixture, M));
    const pairs = timed('drawn pairs', () => drawPairs(mixture, M, (b) => randomFor(2, 'bench', step * B + b)));
    timed('gradient', () => forward.gradient(scoredAs(pairs)));
  }
  const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1].toFixed(0);
  const parts = Object.entries(times).map(([name, list]) => `${name} ${median(list)}`);
  console.log(
    `${name}: ms of processor time, median of ${values.steps}: ${parts.join(', ')}; peak ${mega(process.resourceUsage().maxRSS * 1024)}`,
  );
  const exact = Math.min(B, Number(values.exact));
  if (exact > 0) checkExact(gate, exact);
}

/** Compares with all K × N weights of some records. */
function checkExact(gate, records) {
  const contexts = { ...inputs.contexts, data: inputs.contexts.data.subarray(0, records * D), rows: records };
  const mixture = mixtureOf(gate, { ...inputs, contexts }, { precision: 'float32' });
  const found = topPairs(mixture, M);
  let equal = 0;
  for (let b = 0; b < records; b++) {
    const best = [];
    for (let k = 0; k < K; k++) {
      const row = mixture.personaLogits.row(k);
      const base = mixture.logPersona.data[b * K + k];
      for (let j = 0; j < N; j++) {
        const value = base + mixture.contextLogits.data[b * N + j] + row[j] - mixture.logNormalizers.data[b * K + k];
        if (best.length === M && value <= best[M - 1].value) continue;
        best.push({ value, at: k * N + j });
        best.sort((one, other) => other.value - one.value || one.at - other.at);
        best.length = Math.min(best.length, M);
      }
    }
    best.forEach(({ at }, m) => (equal += Number(found.personas[b * M + m] * N + found.exemplars[b * M + m] === at)));
  }
  console.log(`  ${equal} of ${records * M} pairs are those that all ${K * N} weights give`);
}
