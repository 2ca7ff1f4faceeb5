// False gains and coverage of the fit on toy populations whose density is known exactly.
//   npm run bench -- gating nulls [seeds]
import { fitMixture, mixtureOf } from '@mixture-of-personas/gating';
import { normal, randomFor, unitRows, drawIndex } from '@mixture-of-personas/numeric';

const [K, N, D, CELLS] = [4, 8, 8, 24];

function gaussian(rows, cols, seed, purpose) {
  const random = randomFor(seed, purpose, 0);
  return { data: Float64Array.from({ length: rows * cols }, () => normal(random)), rows, cols };
}

/**
 * Records are one of 24 answers; each pair says how likely each is. Records are drawn from the mixture with weights π_k Ω_j: equal, or those of
 * an affine gate of given strength.
 */
export function nullPopulation({ records, seed, strength = 0 }) {
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
  const answers = Array.from({ length: records }, () => drawIndex(truth, random));
  const inputs = unitRows(gaussian(records, D, seed, 'inputs'));
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

/** Fits `seeds` populations: how often the printed gain is beyond two standard errors, covers the true one, or is a true loss. */
export async function studyNulls({ seeds, records, strength, settings = {} }) {
  const counts = { seeds, beyond: 0, covered: 0, worse: 0, fitted: 0, meanTrueGain: 0, meanGain: 0 };
  for (let seed = 0; seed < seeds; seed++) {
    const { population, score, expected } = nullPopulation({ records, seed, strength });
    const fit = await fitMixture(population, score, { seed, temperatureRange: [0.5, 2], ...settings });
    const gain = expected(fit.gate) - expected(fit.uniform);
    const noise = 2 * fit.standardError;
    counts.fitted += fit.fitted ? 1 : 0;
    counts.beyond += fit.fitted && fit.gain > noise ? 1 : 0;
    counts.covered += Math.abs(fit.gain - gain) <= noise + 1e-12 ? 1 : 0;
    counts.worse += gain < -noise && fit.fitted ? 1 : 0;
    counts.meanTrueGain += gain / seeds;
    counts.meanGain += fit.gain / seeds;
  }
  return counts;
}
