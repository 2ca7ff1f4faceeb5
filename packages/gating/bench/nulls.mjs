// False gains and coverage of the fit on toy populations whose density is known exactly.
//   npm run bench -- gating nulls [seeds]
import { compareGates, fitMixture, initialGate, mixtureOf, randomGate, uniformGate } from '@mixture-of-personas/gating';
import { normal, randomFor, unitRows, drawIndex } from '@mixture-of-personas/numeric';

const [K, N, D, CELLS] = [4, 8, 8, 24];

function gaussian(rows, cols, seed, purpose) {
  const random = randomFor(seed, purpose, 0);
  return { data: Float64Array.from({ length: rows * cols }, () => normal(random)), rows, cols };
}

/**
 * Records are one of 24 answers; each pair says how likely each is. Records are drawn from the mixture with weights π_k Ω_j: equal, or those of
 * an affine gate of given strength. The `heldOut` last ones are not among the inputs that a gate is averaged over.
 */
export function nullPopulation({ records, heldOut = 0, seed, strength = 0 }) {
  const [personas, exemplars] = [
    unitRows(gaussian(K, D, seed, 'personas')),
    unitRows(gaussian(N, D, seed, 'exemplars')),
  ];
  const logits = gaussian(K * N, CELLS, seed, 'answers');
  const densities = Array.from({ length: K * N }, (_, s) => {
    const row = Array.from(logits.data.subarray(s * CELLS, (s + 1) * CELLS), (value) => Math.exp(1.2 * value));
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value) => value / total);
  });
  const softmax = (values) => {
    const exps = values.map(Math.exp);
    return exps.map((value) => value / exps.reduce((sum, one) => sum + one, 0));
  };
  const first = ({ data, cols }) => Array.from({ length: data.length / cols }, (_, i) => strength * data[i * cols]);
  const [pi, omega] = [softmax(first(personas)), softmax(first(exemplars))];
  const weights = densities.map((_, s) => pi[Math.floor(s / N)] * omega[s % N]);
  const truth = Array.from({ length: CELLS }, (_, y) =>
    densities.reduce((sum, row, s) => sum + weights[s] * row[y], 0),
  );
  const random = randomFor(seed, 'records', 0);
  const answers = Array.from({ length: records + heldOut }, () => drawIndex(truth, random));
  const inputs = unitRows(gaussian(records + heldOut, D, seed, 'inputs'));
  const score = async (requests) =>
    requests.map(({ record, persona, exemplar }) => {
      const log = Math.log(densities[persona * N + exemplar][answers[record]]);
      return { logProbability: () => log, derivative: () => 0 };
    });
  /** Expected log-likelihood of a new record under a gate's mean weights: an exact sum over answers. */
  const expected = (gate) => {
    const mixture = mixtureOf(gate, { contexts: inputs, personas, exemplars });
    const mean = new Float64Array(K * N);
    for (let b = 0; b < records; b++) {
      for (let s = 0; s < mean.length; s++) {
        const [k, j] = [Math.floor(s / N), s % N];
        mean[s] +=
          Math.exp(
            mixture.logPersona.data[b * K + k] +
              mixture.contextLogits.data[b * N + j] +
              mixture.personaLogits.at(k, j) -
              mixture.logNormalizers.data[b * K + k],
          ) / records;
      }
    }
    return truth.reduce(
      (sum, p, y) => sum + p * Math.log(densities.reduce((all, row, s) => all + mean[s] * row[y], 0)),
      0,
    );
  };
  return { population: { records: inputs, personas, exemplars }, score, expected };
}

const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

/** The gates of a run's comparison, judged as `mop run` judges them by default: differences from equal weights, of 100 records and 48 pairs each. */
async function judged({ population, score }, { fit, records, seed }) {
  const shape = { d: D, personas: K, hidden: 8, seed };
  const mixtures = [
    { name: 'uniform', kind: 'gate', gate: uniformGate(shape) },
    { name: 'random', kind: 'gate', gate: randomGate(shape) },
    { name: 'initial', kind: 'gate', gate: initialGate(shape, { embeddings: population.exemplars }) },
    ...(fit.fitted ? [{ name: 'fitted', kind: 'gate', gate: fit.gate, temperatures: 'scaled' }] : []),
  ];
  const [training, heldOut] = [range(0, records), range(records, population.records.rows)];
  const comparison = await compareGates(population, mixtures, score, {
    training,
    heldOut,
    pairs: 48,
    recordsPerDraw: 4,
    likelihood: 'marginal',
    temperatureRange: [0.5, 2],
    seed,
  });
  return mixtures.slice(1).map(({ name, gate }) => ({ name, gate, ...comparison.difference(name, 'uniform') }));
}

/**
 * Fits `seeds` populations. Of the cross-validated difference that chose the step (`fit.gain`) and of the gain that a run prints (judged on held-out
 * records): how often it is beyond two standard errors, and how often it covers the true one. Also how often a fitted gate is a true loss.
 */
export async function studyNulls({ seeds, from = 0, records, strength, heldOut = 100, settings = {} }) {
  const counts = { seeds, fitted: 0, worse: 0, meanTrueGain: 0, chosen: tally(), printed: tally(), anyBeyond: 0 };
  for (let seed = from; seed < from + seeds; seed++) {
    const toy = nullPopulation({ records, heldOut, seed, strength });
    const { population, score, expected } = toy;
    const training = range(0, records);
    const fit = await fitMixture(population, score, { training, seed, temperatureRange: [0.5, 2], ...settings });
    const equal = expected(fit.uniform);
    const gain = expected(fit.gate) - equal;
    counts.fitted += fit.fitted ? 1 : 0;
    counts.worse += gain < -2 * fit.standardError && fit.fitted ? 1 : 0;
    counts.meanTrueGain += gain / seeds;
    if (fit.fitted) add(counts.chosen, { mean: fit.gain, standardError: fit.standardError }, gain);
    const rows = await judged(toy, { fit, records, seed });
    counts.anyBeyond += rows.some(({ mean, standardError }) => mean > 2 * standardError) ? 1 : 0;
    for (const { name, gate, ...estimate } of rows)
      if (name === 'fitted') add(counts.printed, estimate, expected(gate) - equal);
  }
  return counts;
}

const tally = () => ({ count: 0, beyond: 0, covered: 0, sum: 0 });

function add(counts, { mean, standardError }, truth) {
  counts.count++;
  counts.sum += mean;
  counts.beyond += mean > 2 * standardError ? 1 : 0;
  counts.covered += Math.abs(mean - truth) <= 2 * standardError + 1e-12 ? 1 : 0;
}
