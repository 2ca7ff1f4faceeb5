// Complete score tables: every record scored under every pair, so that the log-likelihood of any gate is an exact sum.
import { existsSync, readFileSync } from 'node:fs';
import { mixtureOf, scoreTable } from '@mixture-of-personas/gating';
import { randomFor, sampleWithoutReplacement } from '@mixture-of-personas/numeric';

const FOLDER = new URL('../../../../shared/golden/fit/', import.meta.url);

/** Reads a table of the folder of golden files; undefined where it is missing. */
export function readTable(name, folder = FOLDER) {
  const file = (ending) => new URL(`${name}.${ending}`, folder);
  if (!existsSync(file('json'))) return undefined;
  const about = JSON.parse(readFileSync(file('json'), 'utf8'));
  const bytes = readFileSync(file('scores.f32'));
  const scores = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const matrix = ({ data, rows, cols }) => ({ data: Float64Array.from(data), rows, cols });
  const { rows } = JSON.parse(readFileSync(file('rows.json'), 'utf8'));
  return {
    name,
    scores,
    rows,
    training: about.training,
    logTaus: about.taus.map(Math.log),
    temperatureRange: [about.taus[0], about.taus.at(-1)],
    population: {
      records: matrix(about.records),
      personas: matrix(about.personas),
      exemplars: matrix(about.exemplars),
      ownExemplar: Int32Array.from(about.own),
    },
  };
}

/** The curve of a record under a pair: a cubic through the table's temperatures, with the slopes of parabolas through three neighbors. */
export function curveOf({ scores, logTaus, population }, { record, persona, exemplar }) {
  const T = logTaus.length;
  const N = population.exemplars.rows;
  const K = population.personas.rows;
  const at = ((record * K + persona) * N + exemplar) * T;
  const y = scores.subarray(at, at + T);
  const chord = (t) => (y[t + 1] - y[t]) / (logTaus[t + 1] - logTaus[t]);
  const slopeAt = (t) => {
    if (t === 0) return chord(0);
    if (t === T - 1) return chord(T - 2);
    const [h0, h1] = [logTaus[t] - logTaus[t - 1], logTaus[t + 1] - logTaus[t]];
    return (chord(t - 1) * h1 + chord(t) * h0) / (h0 + h1);
  };
  const place = (tau) => {
    const x = Math.min(logTaus[T - 1], Math.max(logTaus[0], Math.log(tau)));
    let t = 0;
    while (t < T - 2 && x > logTaus[t + 1]) t++;
    const h = logTaus[t + 1] - logTaus[t];
    return { t, h, s: (x - logTaus[t]) / h };
  };
  return {
    logProbability: (tau) => {
      const { t, h, s } = place(tau);
      return (
        (1 + 2 * s) * (1 - s) ** 2 * y[t] +
        s * s * (3 - 2 * s) * y[t + 1] +
        h * s * (1 - s) ** 2 * slopeAt(t) +
        h * s * s * (s - 1) * slopeAt(t + 1)
      );
    },
    derivative: (tau) => {
      const { t, h, s } = place(tau);
      const inLog =
        ((6 * s * (s - 1)) / h) * y[t] +
        ((6 * s * (1 - s)) / h) * y[t + 1] +
        (1 - s) * (1 - 3 * s) * slopeAt(t) +
        s * (3 * s - 2) * slopeAt(t + 1);
      return inLog / tau;
    },
  };
}

/** Every pair. */
export function allPairs({ personas, exemplars }) {
  return Array.from({ length: personas.rows * exemplars.rows }, (_, p) => ({
    persona: Math.floor(p / exemplars.rows),
    exemplar: p % exemplars.rows,
  }));
}

/** The scores of some records: all pairs, or a share of them, drawn for each record apart. */
export function tableOf(table, records, { share = 1, seed = 0 } = {}) {
  const pairs = allPairs(table.population);
  const each = Math.round(pairs.length * share);
  const scored = records.map((record, i) => ({
    record,
    pairs: Int32Array.from(sampleWithoutReplacement(pairs.length, each, randomFor(seed, 'share', i))).sort(),
    logInclusion: new Float64Array(each).fill(Math.log(each / pairs.length)),
  }));
  const curves = scored.flatMap((one) =>
    Array.from(one.pairs, (p) => curveOf(table, { record: one.record, ...pairs[p] })),
  );
  return scoreTable({ pairs, records: scored }, curves, table.temperatureRange);
}

/** Exact log-likelihood of each held-out record, nats: marginal over the inputs of the training records, or given its own input. */
export function exactLogLikelihoods(table, gate, { training, heldOut, objective }) {
  const { population } = table;
  const { personas, exemplars, records } = population;
  const mixture = (rows) => {
    const contexts = { data: new Float64Array(rows.length * records.cols), rows: rows.length, cols: records.cols };
    rows.forEach((row, i) =>
      contexts.data.set(records.data.subarray(row * records.cols, (row + 1) * records.cols), i * records.cols),
    );
    return mixtureOf(gate, { contexts, personas, exemplars, masked: rows.map((row) => population.ownExemplar[row]) });
  };
  const weightsOf = (m, b) =>
    allPairs(population).map(({ persona: k, exemplar: j }) =>
      m.masked[b] === j
        ? 0
        : Math.exp(
            m.logPersona.data[b * personas.rows + k] +
              m.contextLogits.data[b * exemplars.rows + j] +
              m.personaLogits.at(k, j) -
              m.logNormalizers.data[b * personas.rows + k],
          ),
    );
  let mean;
  if (objective === 'marginal') {
    const m = mixture(training);
    mean = new Float64Array(personas.rows * exemplars.rows);
    training.forEach((_, b) => weightsOf(m, b).forEach((w, p) => (mean[p] += w / training.length)));
  }
  const own = objective === 'marginal' ? undefined : mixture(heldOut);
  return heldOut.map((record, b) => {
    const w = mean ?? weightsOf(own, b);
    const terms = allPairs(population).map(
      (pair, p) => Math.log(w[p]) + curveOf(table, { record, ...pair }).logProbability(gate.temperatures[pair.persona]),
    );
    const most = Math.max(...terms);
    return most + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - most), 0));
  });
}

/** Mean and standard error of the differences of two lists. */
export function paired(one, other) {
  const differences = one.map((value, i) => value - other[i]);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (differences.length - 1);
  return { mean, standardError: Math.sqrt(variance / differences.length) };
}
