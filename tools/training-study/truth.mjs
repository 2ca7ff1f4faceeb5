// Likelihoods over all pairs, which the small problem allows.
import { mixtureLogLikelihood, mixtureOf, topPairs } from '@mixture-of-personas/gating';
import { takeRows } from '@mixture-of-personas/numeric';

const FACTORS = [0.8, 0.9, 1, 1.1, 1.2, 1.35, 1.5, 1.7, 1.9];
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mixture of some rows. */
export function mixtureFor(gate, population, rows) {
  const { personas, exemplars, ownExemplar } = population;
  const masked = rows.map((row) => ownExemplar[row]);
  return mixtureOf(gate, { contexts: takeRows(population.records, rows), personas, exemplars, masked });
}

/** log p of every row over the pairs of a table, at these temperatures. */
export function logLikelihoods(problem, { mixture, rows, pairs, temperatures }) {
  const logProbabilities = new Float64Array(pairs.personas.length);
  pairs.personas.forEach((k, at) => {
    if (k < 0) return;
    const row = rows[Math.floor(at / pairs.perRow)];
    const curve = problem.curves[row * problem.pairs + k * problem.exemplarCount + pairs.exemplars[at]];
    logProbabilities[at] = curve.logProbability(temperatures[k]);
  });
  const derivatives = new Float64Array(logProbabilities.length);
  return mixtureLogLikelihood(mixture, { pairs, logProbabilities, derivatives }).logLikelihoods;
}

/** Exact log-likelihoods of rows under a gate, its temperatures times a factor. */
export function exact(problem, { gate, population, rows, factor = 1 }) {
  const mixture = mixtureFor(gate, population, rows);
  const temperatures = gate.temperatures.map((tau) => Math.min(2.5, Math.max(0.25, tau * factor)));
  return logLikelihoods(problem, { mixture, rows, pairs: topPairs(mixture, problem.pairs), temperatures });
}

/** Held-out log-likelihoods with the temperatures scaled by what is best on the training rows, so that gates are compared by their weights. */
export function judged(problem, { gate, population }) {
  const scores = FACTORS.map((factor) => mean(exact(problem, { gate, population, rows: problem.training, factor })));
  const best = scores.indexOf(Math.max(...scores));
  return {
    training: scores[best],
    heldOut: exact(problem, { gate, population, rows: problem.heldOut, factor: FACTORS[best] }),
  };
}

/** Mean paired difference of two lists of log-likelihoods and its standard error. */
export function difference(a, b) {
  const gaps = Array.from(a, (value, i) => value - b[i]);
  const m = mean(gaps);
  return { mean: m, standardError: Math.sqrt(mean(gaps.map((gap) => (gap - m) ** 2)) / (gaps.length - 1)) };
}
