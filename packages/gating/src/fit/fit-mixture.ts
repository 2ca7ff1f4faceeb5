import { randomFor, rowOf, sampleWithoutReplacement, takeRows, type Matrix } from '@mixture-of-personas/numeric';
import { mixtureOf } from '../backends/gradient.js';
import type { Gate, PairScorer } from '../mixture/gate.js';
import { omegaRow } from '../mixture/draw.js';
import { maskOf } from '../mixture/probabilities.js';
import { requirePopulation, requireRecords, type Population } from '../mixture/population.js';
import { designBudget, drawRound, type DesignRound } from '../scores/design.js';
import { predictScores } from '../scores/predict-scores.js';
import { scoreRounds } from '../scores/score-design.js';
import type { ScoreTable } from '../scores/score-table.js';
import { requireRange, TEMPERATURE_RANGE } from '../scores/temperature.js';
import { fitScores, fitTable } from './fit-scores.js';
import type { MixtureFit, MixtureOptions } from './options.js';

const WHERE = 'fitMixture';

/**
 * Fits an affine gate to the training records with no learning rate: scores a balanced design of (record, pair) curves, then fits from coarse
 * to fine on what it has stored (`fitScores`). Equal weights are always among the candidates, and win where nothing else is better.
 * @param population n records, K personas, N exemplars as embeddings of one width
 * @param score log-likelihood curves of (record, pair) requests; asked once for each, ordered by pair
 * @throws SettingError, ShapeError before anything is scored; the signal's reason when aborted
 */
export async function fitMixture(
  population: Population,
  score: PairScorer,
  options: MixtureOptions = {},
): Promise<MixtureFit> {
  requirePopulation(WHERE, population);
  const { seed = 0, signal, onStep } = options;
  const { personas, exemplars } = population;
  const training = requireRecords(WHERE, 'training', options.training, population);
  const own = population.ownExemplar;
  maskOf(WHERE, training.length, exemplars.rows, own && training.map((row) => own[row]));
  const temperatureRange = requireRange(WHERE, options.temperatureRange ?? TEMPERATURE_RANGE);
  const sizes = { records: training.length, personas: personas.rows, exemplars: exemplars.rows };
  const budget = designBudget(sizes, options.design);
  const order = sampleWithoutReplacement(training.length, budget.records, randomFor(seed, 'records', 0));
  const records = Array.from(order.sort(), (position) => training[position]);
  const rounds: DesignRound[] = [];
  let table: ScoreTable | undefined;
  for (let round = 0; round < budget.rounds; round++) {
    const shares = table && expectedShares(population, table, roughFit(population, table, options));
    const plan = { personas: personas.rows, exemplars: exemplars.rows, budget, earlier: rounds, seed };
    rounds.push(drawRound(shares === undefined ? plan : { ...plan, shares }));
    const onScores = (scored: number, total: number): void => onStep?.({ kind: 'scores', round, scored, total });
    const scoring = { exemplars: exemplars.rows, budget, records, score, temperatureRange, signal, onScores };
    table = await scoreRounds(rounds, scoring, table);
  }
  if (table === undefined) throw new Error('a design has at least one round');
  const scored = table.offsets[table.records.length];
  return { ...fitScores(population, table, options), table, design: { ...budget, scored } };
}

/** A fit good enough to say where weight is: biases, with a ridge that is not chosen. */
function roughFit(population: Population, table: ScoreTable, options: MixtureOptions): Gate {
  const { onStep: ignored, ...quiet } = options;
  void ignored;
  return fitTable(population, table, { ...quiet, steps: ['biases'], ridges: [0.01], folds: 2 }).gate;
}

/** Expected share of each pair of a table in the likelihood of each record, up to a factor: under a gate and under equal weights, half each. */
function expectedShares(population: Population, table: ScoreTable, gate: Gate): Matrix<Float64Array> {
  const { personas, exemplars } = population;
  const shares = predictScores(population, table, gate.temperatures);
  const rows = table.records.map(({ record }) => record);
  const mean = meanPairWeights(gate, population, rows);
  const equal = 1 / (personas.rows * exemplars.rows);
  for (let i = 0; i < shares.rows; i++) {
    const row = rowOf(shares, i);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    table.pairs.forEach(({ persona, exemplar }, s) => {
      row[s] = Math.exp(row[s] - largest) * (mean[persona * exemplars.rows + exemplar] + equal);
    });
  }
  return shares;
}

/**
 * Mean weight of every pair over the inputs of (32 of) the records, K·N long, persona by persona, of sum 1.
 * @param records rows of the population, at least one
 */
export function meanPairWeights(
  gate: Gate,
  { records: inputs, personas, exemplars }: Population,
  records: readonly number[],
): Float64Array {
  const rows = records.slice(0, 32);
  const mixture = mixtureOf(gate, { contexts: takeRows(inputs, rows), personas, exemplars });
  const mean = new Float64Array(personas.rows * exemplars.rows);
  for (let b = 0; b < rows.length; b++) {
    for (let k = 0; k < personas.rows; k++) {
      const share = Math.exp(mixture.logPersona.data[b * personas.rows + k]) / rows.length;
      omegaRow(mixture, b, k).forEach((omega, j) => (mean[k * exemplars.rows + j] += share * omega));
    }
  }
  return mean;
}
