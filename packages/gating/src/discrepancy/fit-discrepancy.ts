import {
  randomFor,
  rowOf,
  sampleWithoutReplacement,
  SettingError,
  softmaxInPlace,
  takeRows,
  zeros,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { discrepancyForm, discrepancyOf, slopeOf, type DiscrepancyForm, type PairSamples } from './form.js';
import { parametersOf } from '../em/state.js';
import type { OptimizerChoice } from '../em/options.js';
import { copyGate, type Gate, type Pair } from '../mixture/gate.js';
import { forward, type WeightGradients } from '../backends/gradient.js';
import { logWeight, type Mixture } from '../mixture/mixture.js';
import { optimizerStep, startOptimizer } from '../em/optimizer.js';
import { emptyPairTable, type PairTable } from '../scores/pair-table.js';
import { requirePopulation, type Population } from '../mixture/population.js';

const WHERE = 'fitDiscrepancy';
const MATRICES = ['inputWeights', 'personaWeights', 'exemplarWeights'] as const;

/** One side of a fit without log-probabilities: records as the gate sees them and as texts, and texts sampled from the pairs. */
export interface DiscrepancyData {
  /** Rows of `population.records`. */
  readonly rows: readonly number[];
  /** Embeddings of the records themselves, one row a record of the population, n × d. */
  readonly texts: Matrix;
  /** Sampled texts; fit and held-out sides take different ones of the same pairs. */
  readonly samples: PairSamples;
}

/** Settings of `fitDiscrepancy`. */
export interface DiscrepancyOptions {
  /** Where the fit starts; its temperatures are kept, being those the texts were sampled at. */
  readonly gate: Gate;
  readonly training: DiscrepancyData;
  /** Judges every step; the best gate is returned. Absent: the last one is. */
  readonly heldOut?: DiscrepancyData;
  /** @defaultValue AdamW with weight decay 0.01 */
  readonly optimizer?: OptimizerChoice;
  /** @defaultValue 3e-3 */
  readonly learningRate?: number;
  /** @defaultValue 200 */
  readonly steps?: number;
  /** Contexts the mean weights are taken over in a step, drawn anew each; all when there are fewer. @defaultValue 1024 */
  readonly contexts?: number;
  /** σ² of the kernel. @defaultValue the median squared distance within the training texts */
  readonly bandwidth?: number;
  /** @defaultValue 0 */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** MMD² after `step` steps; step 0 is the gate given. */
export interface DiscrepancyStep {
  readonly step: number;
  /** Over the step's contexts, unbiased, so it may come out just below 0. */
  readonly training: number;
  readonly heldOut?: number;
}

/** What the fit returns. */
export interface DiscrepancyFit {
  readonly gate: Gate;
  /** The step it is from. */
  readonly step: number;
  /** Its mean weights over the pairs, P long, of sum 1. */
  readonly weights: Float64Array;
}

/**
 * Fits a gate without any log-probability: S texts are sampled from each of P pairs once, and the gate is moved so that the mixture of them, at its
 * mean weights over the population, has the least squared maximum mean discrepancy to the population's texts. For models that give texts only. It
 * sees the population's texts as a whole, not which context each belongs to, so it learns which pairs are needed and how often; a likelihood fit
 * also learns for whom.
 * @throws ShapeError, SettingError before the first step
 */
export function* fitDiscrepancy(
  population: Population,
  options: DiscrepancyOptions,
): Generator<DiscrepancyStep, DiscrepancyFit> {
  const { training, heldOut, learningRate = 3e-3, steps = 200, optimizer = { kind: 'adamw' } } = options;
  requirePopulation(WHERE, population);
  const form = formOf(training, options.bandwidth);
  const heldOutForm = heldOut && formOf(heldOut, form.bandwidth);
  const gate = copyGate(options.gate);
  let memory = MATRICES.map((part) => startOptimizer(optimizer, parametersOf(gate, part).length));
  let best: DiscrepancyFit & { readonly value: number } = {
    gate,
    step: 0,
    weights: new Float64Array(0),
    value: Infinity,
  };
  for (let step = 0; ; step++) {
    options.signal?.throwIfAborted();
    const rows = contextsOf(training.rows, step, options);
    const { value, weights, gradients } = discrepancyGradient(gate, population, {
      rows,
      form,
      pairs: training.samples.pairs,
    });
    const judged = heldOut && heldOutForm && judge(gate, population, heldOut, heldOutForm);
    const last = judged?.value ?? -step; // without held-out records the last gate is the one to keep
    if (last < best.value) best = { gate: copyGate(gate), step, weights: judged?.weights ?? weights, value: last };
    yield { step, training: value, ...(judged ? { heldOut: judged.value } : {}) };
    if (step === steps) return { gate: best.gate, step: best.step, weights: best.weights };
    memory = MATRICES.map((part, p) =>
      optimizerStep(optimizer, parametersOf(gate, part), gradients[part].data, { state: memory[p], learningRate }),
    );
  }
}

function formOf({ rows, texts, samples }: DiscrepancyData, bandwidth?: number): DiscrepancyForm {
  if (rows.length < 2) throw new SettingError(WHERE, 'rows', 'at least two records', rows.length);
  return discrepancyForm(samples, takeRows(texts, rows), bandwidth);
}

function contextsOf(
  rows: readonly number[],
  step: number,
  { contexts = 1024, seed = 0 }: DiscrepancyOptions,
): readonly number[] {
  if (rows.length <= contexts) return rows;
  return Array.from(
    sampleWithoutReplacement(rows.length, contexts, randomFor(seed, 'discrepancy contexts', step)),
    (i) => rows[i],
  );
}

/** MMD² at the gate's mean weights over `rows`, with its gradient in the three matrices. */
export function discrepancyGradient(
  gate: Gate,
  population: Population,
  { rows, form, pairs }: { rows: readonly number[]; form: DiscrepancyForm; pairs: readonly Pair[] },
): { value: number; weights: Float64Array; gradients: WeightGradients } {
  const { personas, exemplars, records } = population;
  const pass = forward(gate, { contexts: takeRows(records, rows), personas, exemplars });
  const table = sameForAll(pairs, rows.length);
  const shares = pairShares(pass.mixture, table);
  const weights = meanRow(shares);
  const slope = slopeOf(form, weights);
  for (let b = 0; b < shares.rows; b++) {
    const row = rowOf(shares, b);
    const mean = row.reduce((sum, share, p) => sum + share * slope[p], 0);
    for (let p = 0; p < row.length; p++) row[p] *= mean - slope[p]; // pullBack descends, so the sign turns
  }
  return { value: discrepancyOf(form, weights), weights, gradients: pass.pullBack(table, shares) };
}

function judge(
  gate: Gate,
  { personas, exemplars, records }: Population,
  { rows, samples }: DiscrepancyData,
  form: DiscrepancyForm,
): { value: number; weights: Float64Array } {
  const { mixture } = forward(gate, { contexts: takeRows(records, rows), personas, exemplars });
  const weights = meanRow(pairShares(mixture, sameForAll(samples.pairs, rows.length)));
  return { value: discrepancyOf(form, weights), weights };
}

function sameForAll(pairs: readonly Pair[], rows: number): PairTable {
  const table = emptyPairTable(rows, pairs.length);
  for (let at = 0; at < table.personas.length; at++) {
    const { persona, exemplar } = pairs[at % pairs.length];
    table.personas[at] = persona;
    table.exemplars[at] = exemplar;
  }
  return table;
}

/** π Ω of the pairs, made to sum to 1 over them, B × P. */
function pairShares(mixture: Mixture, pairs: PairTable): Matrix<Float64Array> {
  const shares = zeros(pairs.rows, pairs.perRow);
  for (let b = 0; b < pairs.rows; b++) {
    const row = rowOf(shares, b);
    for (let p = 0; p < row.length; p++) row[p] = logWeight(mixture, b, pairs.personas[p], pairs.exemplars[p]);
    softmaxInPlace(row);
  }
  return shares;
}

function meanRow(matrix: Matrix<Float64Array>): Float64Array {
  const mean = new Float64Array(matrix.cols);
  for (let b = 0; b < matrix.rows; b++) rowOf(matrix, b).forEach((value, p) => (mean[p] += value / matrix.rows));
  return mean;
}
