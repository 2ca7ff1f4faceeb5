import { randomFor, takeRows } from '@mixture-of-personas/numeric';
import { meanOf } from '@mixture-of-personas/numeric/internal';
import type { GateForward, GateInputs, ScoredPairs } from '../backends/backend.js';
import { effectiveNumber, meanExemplars, meanPersonas } from '../mixture/diagnostics.js';
import type { FitStep } from './options.js';
import type { FitSettings } from './settings.js';
import { BIASES, numbersOf, parametersOf, PARTS, type FitState } from './state.js';
import type { Gate, LogLikelihoodCurve, PairRequest } from '../mixture/gate.js';
import { mixtureLogLikelihood } from '../backends/likelihood.js';
import type { Mixture } from '../mixture/mixture.js';
import { optimizerStep, type OptimizerState } from './optimizer.js';
import { drawPairs } from '../scores/pair-draws.js';
import type { PairTable } from '../scores/pair-table.js';
import type { Population } from '../mixture/population.js';
import type { RememberingScorer } from '../scores/score-cache.js';
import { topPairs } from '../scores/top-pairs.js';

/** Inputs of a step, apart from the state it changes. */
export interface BatchContext {
  readonly population: Population;
  readonly settings: FitSettings;
  readonly scorer: RememberingScorer;
}

/** Report of one batch; `fitGate` adds where in the fit it stands. */
export type BatchReport = Omit<FitStep, 'epoch' | 'step' | 'steps' | 'epochEnd'>;

/**
 * Chooses a batch's pairs at the present gate, has them scored, and takes one or several optimizer steps with those pairs fixed (E- and M-step).
 * @param context what does not change from step to step
 * @param state moved in place
 * @param records rows of the population
 * @param epoch 1 …; with the record it names the random numbers used
 */
export async function fitBatch(
  context: BatchContext,
  state: FitState,
  records: readonly number[],
  epoch: number,
): Promise<BatchReport> {
  const { population, settings, scorer } = context;
  const inputs = inputsOf(population, settings, records, epoch);
  let forward = await settings.backend.forward(state.gate, inputs);
  const { mixture } = forward;
  const pairs = choosePairs(mixture, population, settings, (b) => epoch * population.records.rows + records[b]);
  const requests = requestsOf(pairs, records);
  const before = scorer.scored;
  const curves = await scorer.curves(requests, settings.signal);
  const report = describeBatch(mixture, scoreAt(pairs, curves, state.gate), state.gate);
  for (let m = 0; m < settings.mStepsPerBatch; m++) {
    if (m > 0) forward = await settings.backend.forward(state.gate, inputs);
    await ascend(forward, scoreAt(pairs, curves, state.gate), state, settings);
  }
  return { ...report, pairsRequested: requests.length, pairsScored: scorer.scored - before };
}

function inputsOf(
  population: Population,
  { selfMask, seed }: FitSettings,
  records: readonly number[],
  epoch: number,
): GateInputs {
  const { personas, exemplars, ownExemplar } = population;
  const contexts = takeRows(population.records, records);
  if (ownExemplar === undefined) return { contexts, personas, exemplars };
  const masked = records.map((record) =>
    randomFor(seed, 'fit mask', epoch * population.records.rows + record)() < selfMask ? ownExemplar[record] : -1,
  );
  return { contexts, personas, exemplars, masked };
}

function choosePairs(
  mixture: Mixture,
  population: Population,
  { exploration, topM, seed }: FitSettings,
  rowFor: (b: number) => number,
): PairTable {
  const available = population.personas.rows * population.exemplars.rows;
  switch (exploration.kind) {
    case 'top':
      return topPairs(mixture, Math.min(topM, available));
    case 'gumbel':
      return drawPairs(mixture, Math.min(exploration.pairs, available), (b) => randomFor(seed, 'fit pairs', rowFor(b)));
  }
}

function requestsOf(pairs: PairTable, records: readonly number[]): PairRequest[] {
  const requests: PairRequest[] = [];
  pairs.personas.forEach((persona, at) => {
    const record = records[Math.floor(at / pairs.perRow)];
    if (persona >= 0) requests.push({ record, persona, exemplar: pairs.exemplars[at] });
  });
  return requests;
}

/** The pairs with their curves read at the gate's temperatures. */
function scoreAt(pairs: PairTable, curves: readonly LogLikelihoodCurve[], gate: Gate): ScoredPairs {
  const logProbabilities = new Float64Array(pairs.personas.length);
  const derivatives = new Float64Array(pairs.personas.length);
  let next = 0;
  pairs.personas.forEach((persona, at) => {
    if (persona < 0) return;
    const curve = curves[next++];
    logProbabilities[at] = curve.logProbability(gate.temperatures[persona]);
    derivatives[at] = curve.derivative(gate.temperatures[persona]);
  });
  return { pairs, logProbabilities, derivatives };
}

async function ascend(
  forward: GateForward,
  scored: ScoredPairs,
  state: FitState,
  settings: FitSettings,
): Promise<void> {
  const gradient = await forward.gradient(scored);
  const { optimizer, learningRate, temperatureLearningRate } = settings;
  state.optimizers = PARTS.map((part, p) => {
    if (part === 'temperatures') return moveTemperatures(state.optimizers[p]);
    if (BIASES.includes(part) && !settings.affine) return state.optimizers[p];
    const size = { state: state.optimizers[p], learningRate };
    return optimizerStep(optimizer, parametersOf(state.gate, part), numbersOf(gradient[part]), size);
  });
  function moveTemperatures(memory: OptimizerState): OptimizerState {
    const tau = state.gate.temperatures;
    const logs = tau.map(Math.log);
    const inLogs = gradient.temperatures.map((value, k) => value * tau[k]); // dL/dlog τ = τ dL/dτ
    const size = { state: memory, learningRate: temperatureLearningRate, decay: false };
    const after = optimizerStep(optimizer, logs, inLogs, size);
    const [low, high] = settings.temperatureRange;
    logs.forEach((value, k) => (tau[k] = Math.min(high, Math.max(low, Math.exp(value)))));
    return after;
  }
}

function describeBatch(
  mixture: Mixture,
  scored: ScoredPairs,
  gate: Gate,
): Omit<BatchReport, 'pairsRequested' | 'pairsScored'> {
  const { logImportance, ...chosen } = scored.pairs;
  const bound = meanOf(mixtureLogLikelihood(mixture, { ...scored, pairs: chosen }).logLikelihoods);
  return {
    truncatedBound: bound,
    ...(logImportance ? { sampledLogLikelihood: meanOf(mixtureLogLikelihood(mixture, scored).logLikelihoods) } : {}),
    effectivePersonas: effectiveNumber(meanPersonas(mixture)),
    effectiveExemplars: effectiveNumber(meanExemplars(mixture)),
    temperature: {
      min: gate.temperatures.reduce((least, value) => Math.min(least, value)),
      mean: meanOf(gate.temperatures),
      max: gate.temperatures.reduce((most, value) => Math.max(most, value)),
    },
  };
}
