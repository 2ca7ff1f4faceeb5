import { normal, randomFor, unitRows, type Matrix } from '@mixture-of-personas/numeric';
import { effectiveNumber } from '../../src/mixture/diagnostics.js';
import type { Gate, LogLikelihoodCurve, PairRequest, PairScorer } from '../../src/mixture/gate.js';
import { mixtureOf } from '../../src/backends/gradient.js';
import { mixtureLogLikelihood } from '../../src/backends/likelihood.js';
import type { Population } from '../../src/mixture/population.js';
import { topPairs } from '../../src/scores/top-pairs.js';

/** Standard normal n × d, from a named stream. */
export function gaussian(rows: number, cols: number, seed: number): Matrix<Float64Array> {
  const random = randomFor(seed, 'toy', 0);
  return { data: Float64Array.from({ length: rows * cols }, () => normal(random)), rows, cols };
}

/** Records, personas and exemplars as random unit vectors. */
export function toyPopulation(records: number, personas: number, exemplars: number, d = 6): Population {
  return {
    records: unitRows(gaussian(records, d, 1)),
    personas: unitRows(gaussian(personas, d, 2)),
    exemplars: unitRows(gaussian(exemplars, d, 3)),
  };
}

/** log p_τ = a/τ − n log τ: concave in log τ with its maximum at −a/n. */
export function toyCurve(a: number, n: number): LogLikelihoodCurve {
  return {
    logProbability: (temperature) => a / temperature - n * Math.log(temperature),
    derivative: (temperature) => -a / temperature ** 2 - n / temperature,
  };
}

/** A scorer under which a pair is the likelier the nearer its persona and its exemplar are to the record; `asked` keeps what it was asked. */
export function toyScorer(population: Population, strength = 4): PairScorer & { asked: PairRequest[] } {
  const dot = (a: Matrix, i: number, b: Matrix, j: number): number => {
    let sum = 0;
    for (let p = 0; p < a.cols; p++) sum += a.data[i * a.cols + p] * b.data[j * b.cols + p];
    return sum;
  };
  const asked: PairRequest[] = [];
  const score: PairScorer = (requests) => {
    asked.push(...requests);
    return Promise.resolve(
      requests.map(({ record, persona, exemplar }) => {
        const near = dot(population.records, record, population.personas, persona);
        const like = dot(population.records, record, population.exemplars, exemplar);
        return toyCurve(-8 + strength * (near + like) * 0.5, 8);
      }),
    );
  };
  return Object.assign(score, { asked });
}

/** All steps of a fit and what it returned. */
export async function drain<Step, Result>(
  generator: AsyncGenerator<Step, Result>,
): Promise<{ steps: Step[]; result: Result }> {
  const steps: Step[] = [];
  for (;;) {
    const next = await generator.next();
    if (next.done === true) return { steps, result: next.value };
    steps.push(next.value);
  }
}

/** The exact log-likelihood of every record, from all K·N pairs, and how many pairs the first record's mixture is worth. */
export async function exactLogLikelihood(
  gate: Gate,
  { records, personas, exemplars }: Population,
  score: PairScorer,
): Promise<{ logLikelihoods: Float64Array; mean: number; effectivePairs: number }> {
  const count = personas.rows * exemplars.rows;
  const mixture = mixtureOf(gate, { contexts: records, personas, exemplars });
  const pairs = topPairs(mixture, count);
  const requests = Array.from(pairs.personas, (persona, at) => ({
    record: Math.floor(at / count),
    persona,
    exemplar: pairs.exemplars[at],
  }));
  const curves = await score(requests);
  const logProbabilities = Float64Array.from(requests, ({ persona }, at) =>
    curves[at].logProbability(gate.temperatures[persona]),
  );
  const derivatives = new Float64Array(logProbabilities.length);
  const { logLikelihoods } = mixtureLogLikelihood(mixture, { pairs, logProbabilities, derivatives });
  const mean = logLikelihoods.reduce((sum, value) => sum + value, 0) / logLikelihoods.length;
  return { logLikelihoods, mean, effectivePairs: effectiveNumber(pairs.logWeights.subarray(0, count).map(Math.exp)) };
}
